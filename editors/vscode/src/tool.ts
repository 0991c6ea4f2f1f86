// Runs thatch's commands for the user, with the program and the settings that the server has.

import * as vscode from "vscode";
import type { Logs } from "./logs";
import { type Ran, run } from "./programs";
import type { Server } from "./server";
import { forServer } from "./settings";
import { type Shared, toolOptions } from "./toolOptions";

export interface Task {
  /** What is shown while it runs. */
  readonly title: string;
  /** The command with its arguments, without the options that follow from settings. */
  readonly args: readonly string[];
  /** The settings that the command has options for. */
  readonly settings: readonly Shared[];
  readonly cwd?: string;
}

export class Tool {
  constructor(
    private readonly server: Server,
    private readonly extension: vscode.Extension<unknown>,
    private readonly logs: Logs,
  ) {}

  /** Run it with a progress that can be cancelled; undefined when it was, or when there is no thatch (which is told). */
  async run(task: Task): Promise<Ran | undefined> {
    const program = await this.server.program();
    if (program === undefined) {
      return undefined;
    }
    const args = [...task.args, ...toolOptions(forServer(this.extension), task.settings)];
    this.logs.log.info(`Running ${[program, ...args].join(" ")}`);
    const aborting = new AbortController();
    const progress = { location: vscode.ProgressLocation.Notification, title: task.title, cancellable: true };
    const ran = await vscode.window.withProgress(progress, (_, token) => {
      token.onCancellationRequested(() => aborting.abort());
      return run(program, args, { signal: aborting.signal, ...(task.cwd === undefined ? {} : { cwd: task.cwd }) });
    });
    return aborting.signal.aborted ? undefined : ran;
  }
}

/** The folder that a command is about: the one of the file that is shown, else the first of the workspace. */
export function currentFolder(): string | undefined {
  const document = vscode.window.activeTextEditor?.document;
  const folder = document && vscode.workspace.getWorkspaceFolder(document.uri);
  return (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath;
}

/** The Haskell file that is shown; the user is told when there is none. */
export function currentFile(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme === "file" && /haskell$/.test(editor.document.languageId)) {
    return editor;
  }
  vscode.window.showInformationMessage("This is about a Haskell file: open one first.");
  return undefined;
}
