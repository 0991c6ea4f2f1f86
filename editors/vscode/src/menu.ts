// The menu behind the status item: what can be done now.

import * as vscode from "vscode";
import type { Server } from "./server";
import { statusText } from "./statusText";

interface Entry extends vscode.QuickPickItem {
  readonly command?: string;
}

export async function showMenu(server: Server): Promise<void> {
  const chosen = await vscode.window.showQuickPick([...entries(server)], {
    title: "thatch",
    placeHolder: statusText(server.state).tooltip.replace(/\n+/g, " — "),
  });
  if (chosen?.command !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

function* entries(server: Server): Generator<Entry> {
  const running = server.state.kind === "running" || server.state.kind === "starting";
  if (running) {
    yield { label: "$(refresh) Restart", command: "thatch.restartServer" };
    yield { label: "$(debug-stop) Stop", command: "thatch.stopServer" };
  } else {
    yield { label: "$(play) Start", command: "thatch.startServer" };
  }
  yield { label: "$(output) Show Log", command: "thatch.showLog" };
}
