// Where the extension begins and ends: everything is put together here.

import * as vscode from "vscode";
import { clientOptions } from "./clientOptions";
import { registerCommands } from "./commands";
import { createLogs } from "./logs";
import { trustGranted } from "./protocol";
import { Server } from "./server";
import { enabled } from "./settings";
import { createStatusItem } from "./statusItem";
import { tellTroubles } from "./tellTroubles";
import { readVersion } from "./versions";

let stopServer: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const version = readVersion(context.extension.packageJSON.version);
  if (version === undefined) {
    throw new Error("The extension's own version cannot be read.");
  }
  const logs = createLogs();
  const server = new Server(version, logs, () => clientOptions(context.extension));
  context.subscriptions.push(
    logs,
    server,
    createStatusItem(server),
    tellTroubles(server, logs),
    registerCommands(server, logs),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.client?.sendNotification(trustGranted)),
  );
  stopServer = () => server.stop();
  if (enabled()) {
    void server.start();
  }
}

export async function deactivate(): Promise<void> {
  await stopServer?.();
}
