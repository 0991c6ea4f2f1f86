// The tasks `thatch: check` and `thatch: check and go on`, whose output the problem matchers of package.json read.

import { type ChildProcess, spawn } from "node:child_process";
import * as vscode from "vscode";
import type { Server } from "./server";
import { forServer } from "./settings";
import { toolOptions } from "./toolOptions";

const type = "thatch";

interface Definition extends vscode.TaskDefinition {
  /** Whether to check again whenever files change. */
  readonly watch?: boolean;
  /** More arguments of `thatch check`. */
  readonly args?: readonly string[];
}

export function registerTasks(extension: vscode.Extension<unknown>, server: Server): vscode.Disposable {
  const make = (definition: Definition, scope: vscode.WorkspaceFolder) => {
    const name = definition.watch === true ? "check and go on" : "check";
    const execution = new vscode.CustomExecution(
      async () => new CheckTerminal(server, checkArguments(extension, definition), scope.uri.fsPath),
    );
    const task = new vscode.Task(definition, scope, name, type, execution, matcher(definition));
    task.group = vscode.TaskGroup.Build;
    // What it finds is among the problems.
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent };
    task.isBackground = definition.watch === true;
    return task;
  };
  return vscode.tasks.registerTaskProvider(type, {
    provideTasks: () =>
      (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => [
        make({ type }, folder),
        make({ type, watch: true }, folder),
      ]),
    resolveTask: (task) =>
      typeof task.scope === "object" ? make(task.definition as Definition, task.scope) : undefined,
  });
}

function matcher(definition: Definition): string {
  return definition.watch === true ? "$thatch-watch" : "$thatch";
}

function checkArguments(extension: vscode.Extension<unknown>, definition: Definition): readonly string[] {
  const watch = definition.watch === true ? ["--watch"] : [];
  const shared = toolOptions(forServer(extension), ["ghc", "cacheDir", "cacheRemote"]);
  return ["check", "--format", "concise", ...watch, ...shared, ...(definition.args ?? [])];
}

/** Shows what a check prints.  It prints to a pipe: on a terminal it would print only as much as there is room for. */
class CheckTerminal implements vscode.Pseudoterminal {
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number>();
  #child: ChildProcess | undefined;

  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;

  constructor(
    private readonly server: Server,
    private readonly args: readonly string[],
    private readonly folder: string,
  ) {}

  async open(): Promise<void> {
    const program = await this.server.program();
    if (program === undefined) {
      this.#closed.fire(127);
      return;
    }
    const child = spawn(program, this.args, { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => this.#written.fire(text.replace(/\n/g, "\r\n")));
    }
    child.once("error", (error) => this.#written.fire(`${error.message}\r\n`));
    child.once("close", (code) => this.#closed.fire(code ?? 1));
  }

  close(): void {
    this.#child?.kill("SIGTERM");
  }
}
