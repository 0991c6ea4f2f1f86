// What the status item says; pure.

import type { ServerState } from "./server";
import { notice } from "./troubles";
import { versionText } from "./versions";

export interface StatusText {
  /** With icons as `$(name)`. */
  readonly text: string;
  readonly tooltip: string;
  readonly severity: "none" | "warning" | "error";
}

const mostCharacters = 50;

export function statusText(state: ServerState): StatusText {
  switch (state.kind) {
    case "stopped":
      return { text: "$(circle-slash) thatch", tooltip: "thatch is not running.", severity: "none" };
    case "starting":
      return { text: "$(loading~spin) thatch", tooltip: "thatch is starting.", severity: "none" };
    case "failed":
      return { text: "$(error) thatch", tooltip: notice(state.trouble).message, severity: "error" };
    case "running":
      return running(state);
  }
}

function running({ located, status }: ServerState & { kind: "running" }): StatusText {
  const about = `thatch ${versionText(located.version)}${ghcs(status?.ghcVersions ?? [])}`;
  if (status === undefined) {
    return { text: "$(loading~spin) thatch", tooltip: about, severity: "none" };
  }
  const said = [status.message, status.work].filter((text) => text !== "");
  const tooltip = [about, ...said].join("\n\n");
  if (status.health !== "ok") {
    return { text: `$(${status.health}) thatch`, tooltip, severity: status.health };
  }
  return status.quiescent
    ? { text: "$(check) thatch", tooltip, severity: "none" }
    : { text: `$(sync~spin) ${shortened(status.work) || "thatch"}`, tooltip, severity: "none" };
}

function ghcs(versions: readonly string[]): string {
  return versions.length === 0 ? "" : ` with GHC ${versions.join(" and ")}`;
}

function shortened(work: string): string {
  return work.length <= mostCharacters ? work : `${work.slice(0, mostCharacters - 1)}…`;
}

/** All that is known of the server, as a text for the user or for a report of a bug. */
export function statusReport(
  state: ServerState,
  folders: readonly string[],
  settings: Readonly<Record<string, unknown>>,
): string {
  const lines = [statusText(state).tooltip.replace(/\n+/g, "\n"), ""];
  if (state.kind === "running") {
    lines.push(`Program: ${state.located.path} (process ${state.process})`);
    lines.push(`Health:  ${state.status?.health ?? "not told yet"}`);
    lines.push(`Work:    ${state.status?.work || (state.status?.quiescent ? "none" : "some")}`);
  }
  lines.push(...folders.map((folder) => `Folder:  ${folder}`));
  lines.push(...Object.entries(settings).map(([key, value]) => `Setting: ${key} = ${JSON.stringify(value)}`));
  return `${lines.join("\n")}\n`;
}
