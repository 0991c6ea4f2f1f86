// Installing or updating the server with the tools for Python programs that the user has.

import { homedir } from "node:os";
import * as vscode from "vscode";
import { candidates, firstProgram, programFolders } from "./programs";

type Aim = "install" | "update";

interface Tool {
  readonly program: string;
  readonly commands: Readonly<Record<Aim, string>>;
}

const tools: readonly Tool[] = [
  { program: "uv", commands: { install: "uv tool install thatch", update: "uv tool upgrade thatch" } },
  { program: "pipx", commands: { install: "pipx install thatch", update: "pipx upgrade thatch" } },
];

/** Type the command into a terminal; the user reads it and presses Enter. */
export async function offer(aim: Aim): Promise<void> {
  const found = await installed();
  if (found.length === 0) {
    vscode.window.showWarningMessage(
      "Neither uv nor pipx is here, which install programs written in Python. Install one of them first, or name a " +
        "thatch of your own in the setting thatch.serverPath.",
    );
    return;
  }
  const commands = found.map((tool) => tool.commands[aim]);
  const title = aim === "install" ? "How to install thatch" : "How to update thatch";
  const chosen = commands.length === 1 ? commands[0] : await vscode.window.showQuickPick(commands, { title });
  if (chosen !== undefined) {
    const terminal = vscode.window.createTerminal("thatch");
    terminal.show();
    terminal.sendText(chosen, false);
    vscode.window
      .showInformationMessage("Press Enter in the terminal, and then start thatch.", "Start")
      .then((pressed) => {
        if (pressed !== undefined) {
          vscode.commands.executeCommand("thatch.restartServer");
        }
      });
  }
}

async function installed(): Promise<readonly Tool[]> {
  const folders = programFolders(process.env["PATH"] ?? "", homedir());
  const found = await Promise.all(tools.map((tool) => firstProgram(candidates(tool.program, folders))));
  return tools.filter((_, index) => found[index] !== undefined);
}
