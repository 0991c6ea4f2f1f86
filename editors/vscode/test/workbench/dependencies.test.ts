// Where names of libraries are defined: the source of a package opens, and cannot be changed.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Project, programs, toolchains } from "./places";
import { session } from "./session";

const project = new Project("bookshelf");
const here = session(project, () => ({
  settings: { "thatch.sourceDirs": [archives()] },
  environment: project.environment(programs),
}));

test("a definition in a library opens read-only", async () => {
  await here.workbench.openFile("Store.hs");
  await here.workbench.rest();
  await here.workbench.word("Store.hs", "eitherDecodeStrict'").click();
  await here.workbench.page.keyboard.press("F12");
  await here.workbench.line("Aeson.hs", "eitherDecodeStrict' ::").waitFor();
  await here.workbench.page.keyboard.type("x");
  await here.workbench.page
    .locator(".monaco-editor-overlaymessage", { hasText: "read-only because of file permissions" })
    .waitFor();
  expect(await here.workbench.text("Aeson.hs")).not.toContain("xeitherDecode");
});

/** A folder with the source of aeson as an archive, as build tools download it. */
function archives(): string {
  const folder = project.scratch("archives");
  const source = join(toolchains, "sources");
  const version = /^version:\s*(\S+)/m.exec(readFileSync(join(source, "aeson/aeson.cabal"), "utf8"))?.[1];
  const name = `aeson-${version}`;
  const options = ["--transform", `s/^aeson/${name}/`, "--file", join(folder, `${name}.tar.gz`)];
  execFileSync("tar", ["--create", "--gzip", ...options, "--directory", source, "aeson"]);
  return folder;
}
