// The item in the status bar: how the server is and what it does now; a click opens the menu.

import * as vscode from "vscode";
import type { Server } from "./server";
import { type StatusText, statusText } from "./statusText";

export function createStatusItem(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("thatch.status", vscode.StatusBarAlignment.Left, 0);
  item.name = "thatch";
  item.command = "thatch.showMenu";
  const show = () => update(item, statusText(server.state));
  show();
  item.show();
  return vscode.Disposable.from(item, server.onDidChange(show));
}

function update(item: vscode.StatusBarItem, shown: StatusText): void {
  item.text = shown.text;
  item.tooltip = shown.tooltip;
  item.backgroundColor =
    shown.severity === "none" ? undefined : new vscode.ThemeColor(`statusBarItem.${shown.severity}Background`);
}
