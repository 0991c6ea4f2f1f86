// The table of the extension's commands: each id, and what is called.

import * as vscode from "vscode";
import { expandHere } from "./expansions";
import { offer } from "./install";
import type { Logs } from "./logs";
import { showMenu } from "./menu";
import type { Server } from "./server";

export function registerCommands(server: Server, logs: Logs): vscode.Disposable {
  const table: Readonly<Record<string, (...args: never[]) => unknown>> = {
    "thatch.startServer": () => server.start(),
    "thatch.stopServer": () => server.stop(),
    "thatch.restartServer": () => server.restart(),
    "thatch.installServer": () => offer("install"),
    "thatch.updateServer": () => offer("update"),
    "thatch.showLog": () => logs.log.show(),
    "thatch.toggleTrace": () => logs.trace.toggle(),
    "thatch.showMenu": () => showMenu(server),
    "thatch.expandSplice": () => expandHere(server),
  };
  return vscode.Disposable.from(
    ...Object.entries(table).map(([id, action]) => vscode.commands.registerCommand(id, action)),
  );
}
