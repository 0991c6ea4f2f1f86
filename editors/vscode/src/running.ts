// Programs and tests, run in terminals: what the command `thatch.run` of lenses and code actions does.

import * as vscode from "vscode";
import type { Run } from "./protocol";

/** The command that lenses and code actions carry, with what is to be run. */
export const runCommand = "thatch.run";

export function registerRunCommand(): vscode.Disposable {
  return vscode.commands.registerCommand(runCommand, async (run: Run) => {
    await vscode.tasks.executeTask(task(run));
  });
}

/** Run it and wait for its end; gives the exit code, undefined if it could not be started or was cancelled. */
export async function runToEnd(run: Run, cancelled: vscode.CancellationToken): Promise<number | undefined> {
  const wanted = task(run);
  const ended = new Promise<number | undefined>((resolve) => {
    const ours = (one: vscode.TaskExecution) => one.task.definition["key"] === wanted.definition["key"];
    const watching = vscode.Disposable.from(
      vscode.tasks.onDidEndTaskProcess((event) => ours(event.execution) && settle(event.exitCode)),
      // Comes after the above, and alone where no process was started.
      vscode.tasks.onDidEndTask((event) => ours(event.execution) && settle(undefined)),
    );
    const settle = (code: number | undefined) => {
      watching.dispose();
      resolve(code);
    };
  });
  const execution = await vscode.tasks.executeTask(wanted);
  const stopping = cancelled.onCancellationRequested(() => execution.terminate());
  const code = await ended;
  stopping.dispose();
  return cancelled.isCancellationRequested ? undefined : code;
}

let count = 0;

function task(run: Run): vscode.Task {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(run.cwd));
  // Without a shell there is nothing to quote.
  const execution = new vscode.ProcessExecution(run.program, [...run.arguments], { cwd: run.cwd });
  // Two tasks of the same key would be one, and could not run again while they run.
  const definition = { type: "thatch-run", key: `${++count}` };
  const found = new vscode.Task(definition, folder ?? vscode.TaskScope.Workspace, run.title, "thatch", execution);
  found.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Shared, clear: true };
  return found;
}
