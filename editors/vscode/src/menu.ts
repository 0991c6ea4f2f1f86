// The menu behind the status item: what can be done now.

import * as vscode from "vscode";
import type { Logs } from "./logs";
import type { Server } from "./server";
import { statusText } from "./statusText";

interface Entry extends vscode.QuickPickItem {
  readonly command?: string;
}

export async function showMenu(server: Server, logs: Logs): Promise<void> {
  const chosen = await vscode.window.showQuickPick([...entries(server, logs)], {
    title: "thatch",
    placeHolder: statusText(server.state).tooltip.replace(/\n+/g, " — "),
  });
  if (chosen?.command !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

function* entries(server: Server, logs: Logs): Generator<Entry> {
  const { kind } = server.state;
  if (kind === "running" || kind === "starting") {
    yield { label: "$(refresh) Restart", description: "the server and its GHC", command: "thatch.restartServer" };
    yield { label: "$(debug-stop) Stop", command: "thatch.stopServer" };
  } else {
    yield { label: "$(play) Start", command: "thatch.startServer" };
  }
  if (kind === "failed") {
    yield { label: "$(cloud-download) Install the server", command: "thatch.installServer" };
  }
  yield heading("Look");
  yield { label: "$(info) Status", command: "thatch.showStatus" };
  yield { label: "$(pulse) Doctor", description: "is all there that thatch needs?", command: "thatch.runDoctor" };
  yield { label: "$(output) Log", command: "thatch.showLog" };
  yield {
    label: logs.trace.on ? "$(debug-stop) Stop showing messages" : "$(arrow-swap) Messages",
    description: "exchanged with the server",
    command: "thatch.toggleTrace",
  };
  yield heading("Code");
  yield { label: "$(flame) Splices", description: "what they cost and gave", command: "thatch.showSpliceReport" };
  yield { label: "$(symbol-interface) Interface of this module", command: "thatch.showInterface" };
  yield {
    label: "$(database) Cache of this module",
    description: "why it is compiled",
    command: "thatch.explainCache",
  };
  yield { label: "$(trash) Clear the cache", command: "thatch.clearCache" };
}

function heading(label: string): Entry {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
