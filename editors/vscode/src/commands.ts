// The table of the extension's commands: each id, and what is called.

import * as vscode from "vscode";
import { expandHere } from "./expansions";
import { offer } from "./install";
import type { Logs } from "./logs";
import { showMenu } from "./menu";
import { ReportCommands } from "./reportCommands";
import type { Reports } from "./reports";
import type { Server } from "./server";
import { showSpliceReport } from "./spliceReport";
import { Tool } from "./tool";

export function registerCommands(
  extension: vscode.Extension<unknown>,
  server: Server,
  logs: Logs,
  reports: Reports,
): vscode.Disposable {
  const tool = new Tool(server, extension, logs);
  const report = new ReportCommands(server, tool, reports, extension);
  const table: Readonly<Record<string, () => unknown>> = {
    "thatch.startServer": () => server.start(),
    "thatch.stopServer": () => server.stop(),
    "thatch.restartServer": () => server.restart(),
    "thatch.installServer": () => offer("install"),
    "thatch.updateServer": () => offer("update"),
    "thatch.showLog": () => logs.log.show(),
    "thatch.toggleTrace": () => logs.trace.toggle(),
    "thatch.showMenu": () => showMenu(server, logs),
    "thatch.showStatus": () => report.status(),
    "thatch.runDoctor": () => report.doctor(),
    "thatch.clearCache": () => report.clearCache(),
    "thatch.expandSplice": () => expandHere(server),
    "thatch.showCore": () => report.core(),
    "thatch.showInterface": () => report.interface(),
    "thatch.explainCache": () => report.explain(),
    "thatch.showSpliceReport": () => showSpliceReport(tool),
  };
  return vscode.Disposable.from(
    ...Object.entries(table).map(([id, action]) => vscode.commands.registerCommand(id, action)),
  );
}
