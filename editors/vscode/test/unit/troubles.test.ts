import { expect, test } from "vitest";
import { notice, type Trouble } from "../../src/troubles";

const old = { major: 0, minor: 1, patch: 0 };
const wanted = { major: 0, minor: 2, patch: 0 };

const cases: readonly [Trouble, string, readonly string[]][] = [
  [{ kind: "missing" }, "not on the PATH", ["install", "choose"]],
  [{ kind: "wrong-path", path: "/opt/thatch" }, "/opt/thatch", ["choose", "install"]],
  [{ kind: "unusable", path: "/bin/x", output: "a\nNo module\n\n" }, "No module", ["choose", "install", "log"]],
  [
    { kind: "old", found: old, wanted },
    "thatch 0.1.0 is older than this extension, which needs 0.2",
    ["update", "choose"],
  ],
  [{ kind: "new", found: wanted, wanted: old }, "newer", ["extensions", "choose"]],
  [{ kind: "fails-to-start", path: "/bin/x", output: "" }, "it said nothing", ["log", "restart", "choose"]],
  [{ kind: "crashes", output: `${"x".repeat(500)}` }, "several times", ["log", "restart"]],
];

test.each(cases)("%j is told", (trouble, part, remedies) => {
  const told = notice(trouble);
  expect(told.message).toContain(part);
  expect(told.message.length).toBeLessThan(400);
  expect(told.remedies).toEqual(remedies);
});
