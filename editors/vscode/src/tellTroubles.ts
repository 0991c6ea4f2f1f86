// Tells the user, once, what is wrong with the server, with buttons that mend it.

import * as vscode from "vscode";
import type { Logs } from "./logs";
import type { Server, ServerState } from "./server";
import { notice, type Remedy, remedyTitles } from "./troubles";

export function tellTroubles(server: Server, logs: Logs): vscode.Disposable {
  let told = "";
  return server.onDidChange((state: ServerState) => {
    if (state.kind === "running") {
      told = "";
    }
    if (state.kind !== "failed") {
      return;
    }
    const { message, remedies } = notice(state.trouble);
    logs.log.error(message);
    if (message !== told) {
      told = message;
      void tell(message, remedies, server, logs);
    }
  });
}

async function tell(message: string, remedies: readonly Remedy[], server: Server, logs: Logs): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(message, ...remedies.map((remedy) => remedyTitles[remedy]));
  const remedy = remedies.find((one) => remedyTitles[one] === chosen);
  if (remedy !== undefined) {
    await mend(remedy, server, logs);
  }
}

async function mend(remedy: Remedy, server: Server, logs: Logs): Promise<void> {
  switch (remedy) {
    case "install":
      await vscode.commands.executeCommand("thatch.installServer");
      break;
    case "update":
      await vscode.commands.executeCommand("thatch.updateServer");
      break;
    case "choose":
      await vscode.commands.executeCommand("workbench.action.openSettings", "thatch.serverPath");
      break;
    case "log":
      logs.log.show();
      break;
    case "restart":
      await server.restart();
      break;
    case "extensions":
      await vscode.commands.executeCommand("workbench.extensions.search", "@installed thatch");
      break;
  }
}
