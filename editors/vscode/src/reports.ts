// What thatch's commands print, in read-only documents.

import * as vscode from "vscode";

const scheme = "thatch-report";

export interface Report {
  /** The name of the document. */
  readonly name: string;
  readonly text: string;
  readonly beside?: boolean;
}

/** Holds the texts: a document says nothing but which one, so that nobody can have a command run by naming a document. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  // Last: who is registered is asked at once whether it tells of changes.
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? "This was made before the window was loaded again: ask for it once more.\n";
  }

  async show({ name, text, beside = false }: Report): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${name}` });
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const viewColumn = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    await vscode.window.showTextDocument(document, { preview: true, preserveFocus: beside, viewColumn });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
