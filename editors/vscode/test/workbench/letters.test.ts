// A project with splices in the real workbench: what thatch shows of it from the first minute to a restart.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Project, programs } from "./places";
import { session } from "./session";
import { patience } from "./workbench";

const file = "Letters.hs";
const project = new Project("letters");
/** The steps of the walkthrough, and what their pages say. */
const walkthrough = [
  ["Find GHC", "The same GHC as your build"],
  ["Open a project", "Nothing is built"],
  ["See what a splice made", "Splices are no secret"],
  ["Share the cache", "Compiled once"],
] as const;

const here = session(project, () => ({ environment: project.environment(programs) }));

test("the server starts with the workspace and gets to rest", async () => {
  await here.workbench.openFile(file);
  await here.workbench.command("View: Toggle Primary Side Bar Visibility");
  await here.workbench.rest();
  expect(await here.workbench.notifications.count()).toBe(0);
});

test("splices have hints and lenses", async () => {
  await here.workbench
    .line(file, 'fields "letter"')
    .filter({ hasText: /6\sdecls/ })
    .waitFor();
  await here.workbench.page.locator(".codelens-decoration a", { hasText: "Show expansion (6 declarations)" }).waitFor();
});

test("a name has its type and its documentation", async () => {
  const hover = await here.workbench.hover(file, "cube", "cube :: Int -> Int");
  expect(await hover.textContent()).toContain("The volume of a parcel with this edge.");
});

test("a splice says what it became", async () => {
  await here.workbench.goTo(59);
  const hover = await here.workbench.hover(file, "power", "n * (n * (n * 1))");
  expect(await hover.textContent()).toContain("1 question to GHC");
});

test("the project's description is served, too", async () => {
  await here.workbench.openFile("letters.cabal");
  await here.workbench.hover("letters.cabal", "build-depends", "The packages that the component");
  await here.workbench.command("View: Close All Editors");
  await here.workbench.openFile(file);
});

test("the interface of a module, its Core and its place in the cache are shown", async () => {
  await here.workbench.command("thatch: Show Interface of This Module");
  await here.workbench.line("Interface%20of%20Letters", "letters-0.1.0.0-inplace:Letters").waitFor();
  await here.workbench.openFile(file);
  await here.workbench.goTo(58, 2);
  await here.workbench.command("thatch: Show Core of the Binding Here");
  await here.workbench.line("Core%20of%20cube.hs", "GHC.Num.$fNumInt").waitFor();
  await here.workbench.openFile(file);
  await here.workbench.command("thatch: Explain Cache of This Module");
  await here.workbench.line("Cache%20of%20Letters", "It need not be compiled").waitFor();
  await here.workbench.command("View: Close All Editors");
  await here.workbench.openFile(file);
});

test("all that thatch needs is looked at", async () => {
  await here.workbench.command("thatch: Run Doctor");
  await here.workbench.line("thatch%20doctor", "toolchain").waitFor();
  await here.workbench.command("View: Close All Editors");
});

test("the pages of the walkthrough open", async () => {
  const { page } = here.workbench;
  await here.workbench.command("Welcome: Open Walkthrough");
  await here.workbench.offered("Haskell with thatch").click();
  const shown = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  for (const [step, text] of walkthrough) {
    await page.locator(".getting-started-step", { hasText: step }).click();
    await shown.locator("body", { hasText: text }).waitFor();
    await here.workbench.screenshot(`walkthrough-${step.replaceAll(" ", "-")}`);
  }
  await here.workbench.command("View: Close All Editors");
});

test("a page tells what splices cost", async () => {
  await here.workbench.command("thatch: Show Splices of the Project");
  const page = here.workbench.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  await page.locator("h1", { hasText: "Template Haskell splices" }).waitFor();
  await page.locator("#splices tbody tr", { hasText: "Letters.hs:58:10" }).waitFor();
  await here.workbench.screenshot("splice-report");
  await here.workbench.command("View: Close All Editors");
  await here.workbench.openFile(file);
});

test("an error is underlined and says what GHC says", async () => {
  await here.workbench.goTo(38);
  await here.workbench.page.keyboard.press("End");
  await here.workbench.page.keyboard.type(" && delivred letter");
  await expect
    .poll(() => here.workbench.problems(), { timeout: patience })
    .toContain("Variable not in scope: delivred");
  expect(await here.workbench.editor(file).locator(".squiggly-error").count()).toBe(1);
  await here.workbench.hover(file, "delivred", "Variable not in scope: delivred");
});

test("a quick fix mends it", async () => {
  await here.workbench.command("View: Toggle Problems");
  await here.workbench.word(file, "delivred").click();
  await here.workbench.act("Replace by delivered");
  await here.workbench.line(file, "places && delivered letter").waitFor();
  await here.workbench.editor(file).locator(".squiggly-error").waitFor({ state: "detached" });
});

test("a name is changed wherever it is meant", async () => {
  await here.workbench.rest();
  await here.workbench.goTo(38, 12);
  await here.workbench.page.keyboard.press("F2");
  const input = here.workbench.page.locator(".rename-box input");
  await input.fill("parcel");
  await here.workbench.page.keyboard.press("Enter");
  await here.workbench.line(file, "delivered parcel = view place parcel `elem` places && delivered parcel").waitFor();
});

test("an expansion opens beside the code, read-only", async () => {
  await here.workbench.goTo(31);
  await here.workbench.page.locator(".codelens-decoration a", { hasText: "Show expansion" }).click();
  const expansion = here.workbench.editor("splice-31-1.hs");
  await here.workbench.line("splice-31-1.hs", "place :: Letters.Fields.Lens Letter").waitFor();
  const [code, beside] = [await here.workbench.editor(file).boundingBox(), await expansion.boundingBox()];
  expect(beside?.x).toBeGreaterThan((code?.x ?? 0) + (code?.width ?? 0) - 1);
  await expansion.click();
  await here.workbench.page.keyboard.type("x");
  await here.workbench.page
    .locator(".monaco-editor-overlaymessage", { hasText: "Cannot edit in read-only editor" })
    .waitFor();
});

test("an expansion follows what is edited", async () => {
  await here.workbench.editor(file).click();
  await here.workbench.goTo(27);
  await here.workbench.page.keyboard.press("End");
  await here.workbench.page.keyboard.type("\n, letterDate :: String");
  await here.workbench.line("splice-31-1.hs", "date :: Letters.Fields.Lens Letter").waitFor();
  // What is offered to complete the last word goes.
  await here.workbench.page.keyboard.press("Escape");
  await here.workbench.page.locator(".codelens-decoration a", { hasText: "Show expansion (8 declarations)" }).waitFor();
  await here.workbench.rest();
});

test("a splice is replaced by what it gave", async () => {
  await here.workbench.goTo(59, 10);
  await here.workbench.act("Replace splice with its expansion");
  await here.workbench.line(file, "cube = \\n -> n * (n * (n * 1))").waitFor();
});

test("a task checks what is on the disk", async () => {
  writeFileSync(
    join(project.folder, "src/Letters/Power.hs"),
    "module Letters.Power where\n\nwrong :: Int\nwrong = 'x'\n",
  );
  await here.workbench.command("Tasks: Run Task");
  await here.workbench.offered("thatch").click();
  await here.workbench.offered("thatch: check").click();
  // The terminal of the task comes to the front when the task has found something.
  await expect.poll(() => here.workbench.problems(), { timeout: patience }).toContain("thatch check");
});

test("a server that dies is started again", async () => {
  const [before] = project.servers();
  expect(before).toBeDefined();
  process.kill(Number(before), "SIGKILL");
  await anotherThan(before);
  expect(await here.workbench.notifications.count()).toBe(0);
});

test("another server is there after a restart", async () => {
  const [before] = project.servers();
  await here.workbench.command("thatch: Restart");
  await anotherThan(before);
  await here.workbench.rest();
  await here.workbench.command("thatch: Show Status");
  await here.workbench.line("thatch%20status", `(process ${project.servers()[0]})`).waitFor();
});

test("clearing the cache has everything compiled anew", async () => {
  expect(counted().n_hits).toBeGreaterThan(0);
  const [before] = project.servers();
  await here.workbench.command("thatch: Clear Cache");
  const dialog = here.workbench.page.locator(".monaco-dialog-box");
  await here.workbench.screenshot("clear-cache");
  await dialog.locator(".monaco-button", { hasText: "Remove" }).click();
  await anotherThan(before);
  await here.workbench.rest();
  // The server counts what it did when it has done it.
  await expect.poll(() => counted().n_misses, { timeout: patience }).toBeGreaterThan(0);
  expect(counted().n_hits).toBe(0);
});

/** What the cache has counted since it was empty. */
function counted(): { readonly n_hits: number; readonly n_misses: number } {
  const told = execFileSync(join(programs, "thatch"), ["cache", "stats", "--json"], {
    env: project.environment(programs),
    encoding: "utf8",
  });
  return JSON.parse(told).counted;
}

/** Wait until one server runs, and it is another one. */
async function anotherThan(before: number | undefined): Promise<void> {
  const isAnother = () => project.servers().length === 1 && project.servers()[0] !== before;
  await expect.poll(isAnother, { timeout: patience }).toBe(true);
}
