// What the language client is told before the server starts: which documents, which settings, what it treats otherwise.

import * as vscode from "vscode";
import type { LanguageClientOptions } from "vscode-languageclient/node";
import { showBeside, showExpansionCommand } from "./expansions";
import { forServer, section } from "./settings";

export function clientOptions(extension: vscode.Extension<unknown>): LanguageClientOptions {
  return {
    documentSelector: [
      { scheme: "file", language: "haskell" },
      { scheme: "file", language: "literate haskell" },
      { scheme: "file", pattern: "**/*.cabal" },
    ],
    initializationOptions: () => ({
      ...forServer(extension),
      runInTerminal: true,
      statusNotification: true,
      trusted: vscode.workspace.isTrusted,
    }),
    middleware: {
      workspace: {
        configuration: ({ items }) =>
          items.map((item) => (item.section === section ? { ...forServer(extension) } : null)),
      },
      executeCommand: (command, args, next) =>
        command === showExpansionCommand && typeof args[0] === "string"
          ? showBeside(vscode.Uri.parse(args[0], true))
          : next(command, args),
    },
  };
}
