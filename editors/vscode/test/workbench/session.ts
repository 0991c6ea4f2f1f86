// What the tests of one file share: a workbench in which a project is open, from the first of them to the last.

import { afterAll, afterEach, beforeAll } from "vitest";
import type { Project } from "./places";
import { CodeServer, type ServerOptions } from "./server";
import { Workbench } from "./workbench";

export interface Session {
  /** Like the workbench, there while tests run. */
  readonly server: CodeServer;
  readonly workbench: Workbench;
}

/** Has a workbench opened before the tests of the file that calls this, and closed after them; each leaves a screenshot. */
export function session(project: Project, options: () => ServerOptions): Session {
  const opened: { server?: CodeServer; workbench?: Workbench } = {};
  beforeAll(async () => {
    opened.server = await CodeServer.start(options());
    opened.workbench = await Workbench.open(opened.server.url, project.folder);
  });
  afterAll(async () => {
    await opened.workbench?.close();
    await opened.server?.stop();
    await project.remove();
  });
  afterEach(async ({ task }) => {
    await opened.workbench?.screenshot(task.name.replaceAll(/\W+/g, "-"));
  });
  return opened as Session;
}
