// A project with splices in the real workbench: what thatch shows of it from the first minute to a restart.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Project } from "./places";
import { CodeServer } from "./server";
import { Workbench } from "./workbench";

const project = new Project("letters");
let server: CodeServer;
let workbench: Workbench;

beforeAll(async () => {
  server = await CodeServer.start({ environment: project.environment });
  workbench = await Workbench.open(server.url, project.folder);
});

afterAll(async () => {
  await workbench?.close();
  await server?.stop();
  await project.remove();
});

afterEach(async ({ task }) => {
  await workbench.screenshot(task.name.replaceAll(" ", "-"));
});

test("the server starts with the workspace and gets to rest", async () => {
  await workbench.openFile("Letters.hs");
  await workbench.status.filter({ hasText: "thatch" }).locator(".codicon-check").waitFor();
  expect(await workbench.notifications.count()).toBe(0);
});

test("splices have hints and lenses", async () => {
  await workbench
    .line("Letters.hs", 'fields "letter"')
    .filter({ hasText: /6\sdecls/ })
    .waitFor();
  await workbench.page.locator(".codelens-decoration a", { hasText: "Show expansion (6 declarations)" }).waitFor();
});

test("an error is underlined and says what GHC says", async () => {
  await workbench.goTo(38, 1);
  await workbench.page.keyboard.press("End");
  await workbench.page.keyboard.type(" && degres");
  await workbench.command("Problems: Focus on Problems View");
  await workbench.page.locator(".markers-panel", { hasText: "Variable not in scope: degres" }).waitFor();
  expect(await workbench.editor("Letters.hs").locator(".squiggly-error").count()).toBe(1);
  await workbench.hover("Letters.hs", "degres");
  await workbench.shownHover.filter({ hasText: "Variable not in scope: degres" }).waitFor();
});
