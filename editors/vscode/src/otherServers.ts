// Other extensions that check Haskell: with two of them every diagnostic is there twice.

import * as vscode from "vscode";
import { section } from "./settings";

/** Extensions that start a server or a GHC of their own for the same files. */
const others: readonly string[] = ["haskell.haskell", "dramforever.vscode-ghc-simple"];

/** Where it is remembered that the user wants both. */
const bothKept = "thatch.bothKept";

export async function tellOfOtherServers(memory: vscode.Memento): Promise<void> {
  // Only those that are not disabled are found.
  const other = others.map((id) => vscode.extensions.getExtension(id)).find((found) => found !== undefined);
  if (other === undefined || memory.get(bothKept, false)) {
    return;
  }
  const name: string = other.packageJSON.displayName ?? other.id;
  const [show, leave, keep] = [`Disable ${name}…`, "Disable thatch Here", "Keep Both"];
  const chosen = await vscode.window.showWarningMessage(
    `The extension ${name} is active as well, so that Haskell is checked twice. Disable one of the two in this workspace.`,
    show,
    leave,
    keep,
  );
  if (chosen === show) {
    // No extension may disable another; its page has the button.
    await vscode.commands.executeCommand("workbench.extensions.search", `@installed ${other.id}`);
  } else if (chosen === leave) {
    await vscode.workspace.getConfiguration(section).update("enable", false, vscode.ConfigurationTarget.Workspace);
  } else if (chosen === keep) {
    await memory.update(bothKept, true);
  }
}
