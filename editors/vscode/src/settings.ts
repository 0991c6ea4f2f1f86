// The user's settings, as the extension and the server want them.

import * as vscode from "vscode";

export const section = "thatch";

/** The keys of settings that are the extension's own; all others are the server's, and generated from it. */
const own: ReadonlySet<string> = new Set(["enable", "serverPath"]);

export function enabled(): boolean {
  return vscode.workspace.getConfiguration(section).get("enable", true);
}

/** The program that is the server; empty: the one on the PATH. */
export function serverPath(): string {
  return vscode.workspace.getConfiguration(section).get("serverPath", "").trim();
}

/**
 * What the user has set for the server.  Defaults are left out: the server knows them better, because some depend on the
 * machine.
 */
export function forServer(extension: vscode.Extension<unknown>): Readonly<Record<string, unknown>> {
  const configuration = vscode.workspace.getConfiguration(section);
  const given: Record<string, unknown> = {};
  for (const key of serverKeys(extension.packageJSON)) {
    const value = configuration.get<unknown>(key);
    if (JSON.stringify(value) !== JSON.stringify(configuration.inspect(key)?.defaultValue)) {
      given[key] = value;
    }
  }
  return given;
}

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
}

function serverKeys(manifest: Manifest): readonly string[] {
  return manifest.contributes.configuration
    .flatMap((group) => Object.keys(group.properties))
    .map((key) => key.slice(section.length + 1))
    .filter((key) => !own.has(key));
}
