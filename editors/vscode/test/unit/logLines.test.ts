import { expect, test } from "vitest";
import { readLogLine } from "../../src/logLines";

test.each([
  ["2026-01-02 03:04:05,678 WARNING thatch.lsp.session: no", { level: "warn", text: "thatch.lsp.session: no" }],
  ["2026-01-02 03:04:05,678 CRITICAL end", { level: "error", text: "end" }],
  ["2026-01-02 03:04:05,678 SHOUT x", { level: "info", text: "2026-01-02 03:04:05,678 SHOUT x" }],
  ['  File "x.py", line 3', { level: "info", text: '  File "x.py", line 3' }],
  ["", { level: "info", text: "" }],
] as const)("%j is read", (line, expected) => {
  expect(readLogLine(line)).toEqual(expected);
});
