// Somebody who has just installed the extension: no server, a wrong one, another extension, a project not yet trusted.

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Project, programs } from "./places";
import { packed } from "./server";
import { session } from "./session";

const untrusted = {
  "security.workspace.trust.enabled": true,
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
};
const project = new Project("letters");
const here = session(project, () => ({
  settings: untrusted,
  extensions: [packed("other")],
  environment: project.environment(),
}));

test("another extension for Haskell is told of", async () => {
  await here.workbench.notification("The extension Another Haskell is active as well").waitFor();
  await here.workbench.answer("The extension Another Haskell", "Keep Both");
});

test("a missing server is told of once, with a button that installs it", async () => {
  await here.workbench.notification("thatch is not on the PATH").waitFor();
  expect(await here.workbench.notifications.count()).toBe(1);
  await here.workbench.status.locator(".codicon-error").waitFor();
  await here.workbench.answer("thatch is not on the PATH", "Install");
  await here.workbench.notification("Neither uv nor pipx is here").waitFor();
  await here.workbench.command("Notifications: Clear All Notifications");
});

test("an old server is told of", async () => {
  here.server.set({ ...untrusted, "thatch.serverPath": script("old", "echo thatch 0.0.9") });
  await here.workbench
    .notification("thatch 0.0.9 is older than this extension, which needs 0.1. Update thatch.")
    .waitFor();
  await here.workbench.command("Notifications: Clear All Notifications");
});

test("a server that ends at once is told of, with the last thing that it said", async () => {
  const says = 'if [ "$1" = --version ]; then echo thatch 0.1.0; else echo "ImportError: no attrs" >&2; exit 1; fi';
  here.server.set({ ...untrusted, "thatch.serverPath": script("broken", says) });
  await here.workbench.notification("ended as soon as it was started: ImportError: no attrs").waitFor();
  expect(await here.workbench.notifications.count()).toBe(1);
  await here.workbench.answer("ended as soon as it was started", "Show Log");
  await here.workbench.page
    .locator(".panel .view-line", { hasText: /no\sattrs/ })
    .first()
    .waitFor();
  await here.workbench.command("View: Hide Panel");
});

test("in a project that is not trusted only the text counts", async () => {
  here.server.set({ ...untrusted, "thatch.serverPath": join(programs, "thatch") });
  await here.workbench.openFile("Letters.hs");
  await here.workbench.status.locator(".codicon-warning").waitFor();
  await here.workbench.page.keyboard.press("Control+Shift+o");
  await here.workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: "delivered" }).waitFor();
  await here.workbench.page.keyboard.press("Escape");
  expect(await here.workbench.line("Letters.hs", "6 decls").count()).toBe(0);
});

test("when it is trusted, it is checked", async () => {
  await here.workbench.command("Workspaces: Manage Workspace Trust");
  await here.workbench.page.locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust$/ }).click();
  await here.workbench.openFile("Letters.hs");
  await here.workbench.rest();
  await here.workbench.line("Letters.hs", "6 decls").waitFor();
});

/** A program that does what a shell script says. */
function script(name: string, text: string): string {
  const file = join(project.scratch("programs"), name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}
