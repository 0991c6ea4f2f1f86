// Scripts and tests in the real workbench: lenses that run them in a terminal, and the tree of tests.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Project, programs } from "./places";
import { session } from "./session";

const project = new Project("scripts");
const here = session(project, () => {
  writeTests();
  // Text that is painted cannot be read.
  const settings = { "terminal.integrated.gpuAcceleration": "off" };
  return { settings, environment: project.environment(programs) };
});

test("a script runs in a terminal", async () => {
  await here.workbench.openFile("calendar.hs");
  await here.workbench.rest();
  await here.workbench.page.locator(".codelens-decoration a", { hasText: /^Run$/ }).click();
  await terminalSays(/Mo\s+Tu\s+We/);
});

test("a lens runs one test", async () => {
  await here.workbench.openFile("checks.hs");
  await here.workbench.page.locator(".codelens-decoration a", { hasText: "Run test" }).first().click();
  await terminalSays(/products\/multiplies:\s+True/);
  expect(await here.workbench.page.locator(".xterm-rows").first().textContent()).not.toContain("sums");
});

test("the tree of tests shows what passed and what failed", async () => {
  const { page } = here.workbench;
  await here.workbench.command("Testing: Focus on Test Explorer View");
  const tests = page.locator(".test-explorer .monaco-list-row");
  await tests.filter({ hasText: "Main" }).waitFor();
  await here.workbench.command("Test: Run All Tests");
  const marked = (icon: string) => tests.filter({ has: page.locator(`.codicon-testing-${icon}-icon`) });
  await marked("failed").first().waitFor();
  for (const group of ["Main", "products"]) {
    await tests.filter({ hasText: group }).first().click();
    await page.keyboard.press("ArrowRight");
  }
  await marked("passed").filter({ hasText: "multiplies" }).waitFor();
  await marked("failed").filter({ hasText: "sums" }).waitFor();
});

/** Wait until a terminal shows a text. */
async function terminalSays(text: RegExp): Promise<void> {
  await here.workbench.page.locator(".xterm-rows").filter({ hasText: text, visible: true }).waitFor();
}

/** A script with tests, and what runs them: as hspec does, of which it needs no more. */
function writeTests(): void {
  mkdirSync(join(project.folder, "Test"));
  writeFileSync(
    join(project.folder, "Test/Hspec.hs"),
    `module Test.Hspec (describe, hspec, it) where

import Control.Monad (unless)
import Data.Foldable (for_)
import Data.List (isInfixOf)
import System.Environment (getArgs)
import System.Exit (exitFailure)

describe :: String -> [(String, Bool)] -> [(String, Bool)]
describe group tests = [(group <> "/" <> test, good) | (test, good) <- tests]

it :: String -> Bool -> (String, Bool)
it = (,)

hspec :: [(String, Bool)] -> IO ()
hspec tests = do
  wanted <- map (drop 1 . init . drop (length "--match=")) <$> getArgs
  let chosen = [(test, good) | (test, good) <- tests, all (\`isInfixOf\` (test <> "/")) wanted]
  for_ chosen (\\(test, good) -> putStrLn (test <> ": " <> show good))
  unless (all snd chosen) exitFailure
`,
  );
  writeFileSync(
    join(project.folder, "checks.hs"),
    `import Test.Hspec

main :: IO ()
main = hspec (sums <> describe "products" [it "multiplies" (2 * 2 == (4 :: Int))])

sums :: [(String, Bool)]
sums =
  describe
    "sums"
    [ it "adds" (1 + 1 == (2 :: Int))
    , it "fails" (1 + 1 == (3 :: Int))
    ]
`,
  );
}
