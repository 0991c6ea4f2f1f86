// The expansion of a splice, beside the code, in a read-only document that the server keeps up to date.

import * as vscode from "vscode";
import { type Expansion, expansionRequest } from "./protocol";
import type { Server } from "./server";

/** The server's command that opens an expansion, given its URI; lenses and code actions carry it. */
export const showExpansionCommand = "thatch.showExpansion";

/** Show the expansion of the splice at the cursor. */
export async function expandHere(server: Server): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const client = server.client;
  if (editor === undefined || client === undefined) {
    vscode.window.showInformationMessage("There is no splice to expand: open a Haskell file while thatch is running.");
    return;
  }
  const place = client.code2ProtocolConverter.asTextDocumentPositionParams(editor.document, editor.selection.active);
  const found = await client.sendRequest(expansionRequest, place);
  if (found === null) {
    vscode.window.showInformationMessage("There is no splice here that ran.");
    return;
  }
  await showBeside(client.protocol2CodeConverter.asUri(found.uri), found);
}

/** Open an expansion beside the code, which keeps the focus. */
export async function showBeside(uri: vscode.Uri, expansion?: Expansion): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const line = expansion?.firstLine ?? 0;
  await vscode.window.showTextDocument(document, {
    preserveFocus: true,
    preview: true,
    selection: new vscode.Range(line, 0, line, 0),
    viewColumn: vscode.ViewColumn.Beside,
  });
}
