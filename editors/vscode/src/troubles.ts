// What can be wrong with the server, and what the user is told about each; nothing is shown or found out here.

import type { Version } from "./versions";
import { versionText } from "./versions";

export type Trouble =
  | { readonly kind: "missing" }
  | { readonly kind: "wrong-path"; readonly path: string }
  | { readonly kind: "unusable"; readonly path: string; readonly output: string }
  | { readonly kind: "old"; readonly found: Version; readonly wanted: Version }
  | { readonly kind: "new"; readonly found: Version; readonly wanted: Version }
  | { readonly kind: "fails-to-start"; readonly path: string; readonly output: string }
  | { readonly kind: "crashes"; readonly output: string };

/** What a button does. */
export type Remedy = "install" | "update" | "choose" | "log" | "restart" | "extensions";

export interface Notice {
  readonly message: string;
  readonly remedies: readonly Remedy[];
}

export const remedyTitles: Readonly<Record<Remedy, string>> = {
  install: "Install",
  update: "Update",
  choose: "Choose the Program",
  log: "Show Log",
  restart: "Start Again",
  extensions: "Update the Extension",
};

export function notice(trouble: Trouble): Notice {
  switch (trouble.kind) {
    case "missing":
      return {
        message: "thatch is not on the PATH. Install it, or say in the settings where it is.",
        remedies: ["install", "choose"],
      };
    case "wrong-path":
      return {
        message: `The setting thatch.serverPath names ${trouble.path}, and there is no such program.`,
        remedies: ["choose", "install"],
      };
    case "unusable":
      return {
        message: `${trouble.path} does not tell its version, so it is not started: ${lastLine(trouble.output)}`,
        remedies: ["choose", "install", "log"],
      };
    case "old":
      return {
        message:
          `thatch ${versionText(trouble.found)} is older than this extension, which needs ${series(trouble.wanted)}. ` +
          "Update thatch.",
        remedies: ["update", "choose"],
      };
    case "new":
      return {
        message:
          `thatch ${versionText(trouble.found)} is newer than this extension, which is for ${series(trouble.wanted)}. ` +
          "Update the extension.",
        remedies: ["extensions", "choose"],
      };
    case "fails-to-start":
      return {
        message: `${trouble.path} ended as soon as it was started: ${lastLine(trouble.output)}`,
        remedies: ["log", "restart", "choose"],
      };
    case "crashes":
      return {
        message: `thatch ended several times in a short while and is not started again: ${lastLine(trouble.output)}`,
        remedies: ["log", "restart"],
      };
  }
}

function series(version: Version): string {
  return `${version.major}.${version.minor}`;
}

/** The line of a program's output that says most: the last one, as with Python's tracebacks. */
function lastLine(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const last = lines.findLast((line) => line !== "") ?? "it said nothing";
  return last.length <= 200 ? last : `${last.slice(0, 200)}…`;
}
