import { expect, test } from "vitest";
import { compare, readVersion } from "../../src/versions";

const version = (major: number, minor: number, patch = 0) => ({ major, minor, patch });

test.each([
  ["thatch 0.1.0\n", version(0, 1, 0)],
  ["0.12.3", version(0, 12, 3)],
  ["a warning of Python's\nthatch 1.2.3.dev4", version(1, 2, 3)],
])("the version in %j is read", (text, expected) => {
  expect(readVersion(text)).toEqual(expected);
});

test.each(["", "thatch", "GHC 9.6.6", "thatch 1.2"])("there is no version in %j", (text) => {
  expect(readVersion(text)).toBeUndefined();
});

test.each([
  [version(0, 1, 7), version(0, 1, 0), "fits"],
  [version(0, 1), version(0, 2), "old"],
  [version(0, 9), version(1, 0), "old"],
  [version(0, 2), version(0, 1, 9), "new"],
  [version(1, 0), version(0, 9), "new"],
] as const)("a server %j is, for the extension %j, %s", (server, extension, expected) => {
  expect(compare(server, extension)).toBe(expected);
});
