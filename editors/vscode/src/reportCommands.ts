// The commands that show what thatch knows of a project, a module or a binding, or that tidy up.

import { parse } from "node:path";
import * as vscode from "vscode";
import type { Ran } from "./programs";
import type { Reports } from "./reports";
import type { Server } from "./server";
import { forServer } from "./settings";
import { statusReport } from "./statusText";
import { currentFile, currentFolder, type Tool } from "./tool";
import type { Shared } from "./toolOptions";

const all: readonly Shared[] = ["ghc", "cacheDir", "cacheRemote"];

export class ReportCommands {
  constructor(
    private readonly server: Server,
    private readonly tool: Tool,
    private readonly reports: Reports,
    private readonly extension: vscode.Extension<unknown>,
  ) {}

  async status(): Promise<void> {
    const folders = vscode.workspace.workspaceFolders?.map((folder) => folder.uri.fsPath) ?? [];
    const text = statusReport(this.server.state, folders, forServer(this.extension));
    await this.reports.show({ name: "thatch status", text });
  }

  async doctor(): Promise<void> {
    const folder = currentFolder();
    const project = folder === undefined ? [] : ["--project", folder];
    const ran = await this.tool.run({
      title: "Looking at all that thatch needs",
      args: ["doctor", ...project],
      settings: all,
    });
    await this.#show("thatch doctor", ran);
  }

  /** What the interface of the module that is shown holds. */
  async interface(): Promise<void> {
    await this.#aboutModule("Reading the interface", ["iface"], (name) => `Interface of ${name}`);
  }

  /** Why the module that is shown need not be compiled, or why it must. */
  async explain(): Promise<void> {
    await this.#aboutModule("Looking into the cache", ["cache", "explain"], (name) => `Cache of ${name}`);
  }

  /** The Core of the binding at the cursor. */
  async core(): Promise<void> {
    const editor = currentFile();
    const word = editor?.document.getWordRangeAtPosition(editor.selection.active);
    const found = word && editor?.document.getText(word);
    const binding =
      editor && (found ?? (await vscode.window.showInputBox({ title: "Show Core", prompt: "The name of a binding" })));
    if (binding) {
      await this.#aboutModule("Reading Core", ["iface", "--core", binding], () => `Core of ${binding}.hs`);
    }
  }

  async clearCache(): Promise<void> {
    const question = "Remove everything that thatch keeps of compiled modules? All projects are compiled anew.";
    if ((await vscode.window.showWarningMessage(question, { modal: true }, "Remove")) === undefined) {
      return;
    }
    const ran = await this.tool.run({
      title: "Clearing the cache",
      args: ["cache", "clear", "--yes"],
      settings: ["cacheDir"],
    });
    if (ran?.code === 0) {
      await this.server.restart();
    } else if (ran !== undefined) {
      vscode.window.showErrorMessage(`The cache could not be cleared. ${said(ran)}`);
    }
  }

  async #aboutModule(title: string, args: readonly string[], name: (file: string) => string): Promise<void> {
    const file = currentFile()?.document.uri.fsPath;
    if (file === undefined) {
      return;
    }
    const folder = currentFolder();
    const ran = await this.tool.run({
      title,
      args: [...args, file, ...(folder === undefined ? [] : ["--project", folder])],
      settings: all,
    });
    await this.#show(name(parse(file).name), ran, true);
  }

  /** Commands that found something wrong say so on stdout and in their exit code; only those that say nothing failed. */
  async #show(name: string, ran: Ran | undefined, beside = false): Promise<void> {
    if (ran === undefined) {
      return;
    }
    if (ran.stdout.trim() === "") {
      vscode.window.showErrorMessage(said(ran));
    } else {
      await this.reports.show({ name, text: ran.stdout, beside });
    }
  }
}

function said(ran: Ran): string {
  return ran.stderr.trim() || `thatch ended with the code ${ran.code}.`;
}
