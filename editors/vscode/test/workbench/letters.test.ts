// A project with splices in the real workbench: what thatch shows of it from the first minute to a restart.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Project } from "./places";
import { CodeServer } from "./server";
import { Workbench } from "./workbench";

const file = "Letters.hs";
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
  await workbench.screenshot(task.name.replaceAll(/\W+/g, "-"));
});

test("the server starts with the workspace and gets to rest", async () => {
  await workbench.openFile(file);
  await workbench.command("View: Toggle Primary Side Bar Visibility");
  await workbench.rest();
  expect(await workbench.notifications.count()).toBe(0);
});

test("splices have hints and lenses", async () => {
  await workbench
    .line(file, 'fields "letter"')
    .filter({ hasText: /6\sdecls/ })
    .waitFor();
  await workbench.page.locator(".codelens-decoration a", { hasText: "Show expansion (6 declarations)" }).waitFor();
});

test("a name has its type and its documentation", async () => {
  await workbench.hover(file, "cube");
  const hover = workbench.shownHover.filter({ hasText: "cube :: Int -> Int" });
  await hover.waitFor();
  expect(await hover.textContent()).toContain("The volume of a parcel with this edge.");
});

test("an error is underlined and says what GHC says", async () => {
  await workbench.goTo(38);
  await workbench.page.keyboard.press("End");
  await workbench.page.keyboard.type(" && degres");
  await workbench.command("Problems: Focus on Problems View");
  await workbench.page.locator(".markers-panel", { hasText: "Variable not in scope: degres" }).waitFor();
  expect(await workbench.editor(file).locator(".squiggly-error").count()).toBe(1);
  await workbench.hover(file, "degres");
  await workbench.shownHover.filter({ hasText: "Variable not in scope: degres" }).waitFor();
});

test("the error goes with its cause", async () => {
  await workbench.command("View: Toggle Problems");
  await workbench.editor(file).click();
  await workbench.page.keyboard.press("Control+z");
  await workbench.page.keyboard.press("Control+z");
  await workbench.editor(file).locator(".squiggly-error").waitFor({ state: "detached" });
});

test("an expansion opens beside the code, read-only", async () => {
  await workbench.goTo(31);
  await workbench.page.locator(".codelens-decoration a", { hasText: "Show expansion" }).click();
  const expansion = workbench.editor("splice-31-1.hs");
  await workbench.line("splice-31-1.hs", "place :: Letters.Fields.Lens Letter").waitFor();
  const [code, beside] = [await workbench.editor(file).boundingBox(), await expansion.boundingBox()];
  expect(beside?.x).toBeGreaterThan((code?.x ?? 0) + (code?.width ?? 0) - 1);
  await expansion.click();
  await workbench.page.keyboard.type("x");
  await workbench.page
    .locator(".monaco-editor-overlaymessage", { hasText: "Cannot edit in read-only editor" })
    .waitFor();
});

test("an expansion follows what is edited", async () => {
  await workbench.editor(file).click();
  await workbench.goTo(27);
  await workbench.page.keyboard.press("End");
  await workbench.page.keyboard.type("\n, letterDate :: String");
  await workbench.line("splice-31-1.hs", "date :: Letters.Fields.Lens Letter").waitFor();
});

test("a splice is replaced by what it gave", async () => {
  await workbench.goTo(59, 10);
  await workbench.act("Replace splice with its expansion");
  await workbench.line(file, "cube = \\n -> n * (n * (n * 1))").waitFor();
});

test("another server is there after a restart", async () => {
  const before = await processOfServer();
  await workbench.command("thatch: Restart");
  await expect.poll(processOfServer, { timeout: 60_000 }).not.toBe(before);
  await workbench.rest();
});

/** The number of the server's process, as the status says. */
async function processOfServer(): Promise<string | undefined> {
  await workbench.command("thatch: Show Status");
  await workbench.editor("thatch%20status").waitFor();
  return /process (\d+)/.exec(await workbench.text("thatch%20status"))?.[1];
}
