// Where the extension begins and ends: everything is put together here.

import * as vscode from "vscode";
import { clientOptions } from "./clientOptions";
import { registerCommands } from "./commands";
import { createLogs } from "./logs";
import { tellOfOtherServers } from "./otherServers";
import { trustGranted } from "./protocol";
import { Reports } from "./reports";
import { registerRunCommand } from "./running";
import { Server } from "./server";
import { enabled } from "./settings";
import { createStatusItem } from "./statusItem";
import { registerTasks } from "./tasks";
import { tellTroubles } from "./tellTroubles";
import { registerTestExplorer } from "./testExplorer";
import { readVersion } from "./versions";

let stopServer: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const version = readVersion(context.extension.packageJSON.version);
  if (version === undefined) {
    throw new Error("The extension's own version cannot be read.");
  }
  const logs = createLogs();
  const server = new Server(version, logs, () => clientOptions(context.extension));
  const reports = new Reports();
  context.subscriptions.push(
    logs,
    server,
    createStatusItem(server),
    tellTroubles(server, logs),
    reports,
    registerCommands(context.extension, server, logs, reports),
    registerTasks(context.extension, server),
    registerRunCommand(),
    registerTestExplorer(server),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.client?.sendNotification(trustGranted)),
    vscode.workspace.onDidChangeConfiguration((change) => followSettings(change, server)),
  );
  stopServer = () => server.stop();
  if (enabled()) {
    void server.start();
    void tellOfOtherServers(context.workspaceState);
  }
}

/** What the extension's own settings say is done at once; the server hears of its own by LSP. */
function followSettings(change: vscode.ConfigurationChangeEvent, server: Server): void {
  if (change.affectsConfiguration("thatch.enable")) {
    void (enabled() ? server.start() : server.stop());
  }
  if (change.affectsConfiguration("thatch.serverPath") && enabled()) {
    void server.restart();
  }
}

export async function deactivate(): Promise<void> {
  await stopServer?.();
}
