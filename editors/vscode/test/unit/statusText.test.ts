import { expect, test } from "vitest";
import type { ServerState } from "../../src/server";
import { statusReport, statusText } from "../../src/statusText";

const located = { path: "/opt/thatch", version: { major: 0, minor: 1, patch: 0 } };
const calm = { health: "ok", quiescent: true, message: "", work: "", ghcVersions: ["9.6.6"] } as const;

function running(status: Partial<typeof calm> | Record<string, unknown>): ServerState {
  return { kind: "running", located, process: 42, status: { ...calm, ...status } };
}

test.each([
  [{ kind: "stopped" } as const, "$(circle-slash) thatch", "none"],
  [{ kind: "starting" } as const, "$(loading~spin) thatch", "none"],
  [{ kind: "failed", trouble: { kind: "missing" } } as const, "$(error) thatch", "error"],
  [running({}), "$(check) thatch", "none"],
  [running({ quiescent: false, work: "Checking demo: 1/2 Lib" }), "$(sync~spin) Checking demo: 1/2 Lib", "none"],
  [running({ quiescent: false }), "$(sync~spin) thatch", "none"],
  [running({ health: "warning", message: "Not trusted." }), "$(warning) thatch", "warning"],
  [running({ health: "error", message: "No GHC." }), "$(error) thatch", "error"],
] as const)("the item of %j is %j", (state, text, severity) => {
  const shown = statusText(state);
  expect([shown.text, shown.severity]).toEqual([text, severity]);
});

test("the tooltip says what is wrong and which compilers there are", () => {
  const { tooltip } = statusText(running({ health: "error", message: "No cabal.", ghcVersions: ["9.6.6", "9.10.3"] }));
  expect(tooltip).toBe("thatch 0.1.0 with GHC 9.6.6 and 9.10.3\n\nNo cabal.");
});

test("long work leaves room for others in the status bar", () => {
  const { text } = statusText(running({ quiescent: false, work: "x".repeat(200) }));
  expect(text.length).toBeLessThan(70);
});

test("a report has all that helps somebody else", () => {
  const report = statusReport(running({}), ["/home/me/project"], { jobs: 2 });
  for (const part of ["thatch 0.1.0 with GHC 9.6.6", "/opt/thatch (process 42)", "/home/me/project", "jobs = 2"]) {
    expect(report).toContain(part);
  }
});
