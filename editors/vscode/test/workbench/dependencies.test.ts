// Where names of libraries are defined: the source of a package opens, and cannot be changed.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Project, programs, toolchains } from "./places";
import { CodeServer } from "./server";
import { Workbench } from "./workbench";

const project = new Project("bookshelf");
let server: CodeServer;
let workbench: Workbench;

beforeAll(async () => {
  server = await CodeServer.start({
    settings: { "thatch.sourceDirs": [archives()] },
    environment: project.environment(programs),
  });
  workbench = await Workbench.open(server.url, project.folder);
});

afterAll(async () => {
  await workbench?.close();
  await server?.stop();
  await project.remove();
});

afterEach(async ({ task }) => {
  await workbench.screenshot(task.name.replaceAll(/\W+/g, "-"));
});

test("a definition in a library opens read-only", async () => {
  await workbench.openFile("Store.hs");
  await workbench.rest();
  await workbench.word("Store.hs", "eitherDecodeStrict'").click();
  await workbench.page.keyboard.press("F12");
  await workbench.line("Aeson.hs", "eitherDecodeStrict' ::").waitFor();
  await workbench.page.keyboard.type("x");
  await workbench.page
    .locator(".monaco-editor-overlaymessage", { hasText: "read-only because of file permissions" })
    .waitFor();
  expect(await workbench.text("Aeson.hs")).not.toContain("xeitherDecode");
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
