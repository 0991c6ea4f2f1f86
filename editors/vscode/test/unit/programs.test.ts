import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { candidates, firstProgram, programFolders, run } from "../../src/programs";
import { toolOptions } from "../../src/toolOptions";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "thatch-programs-"));
  writeFileSync(join(folder, "text"), "no program");
  writeFileSync(join(folder, "program"), '#!/bin/sh\necho "$1"; echo trouble >&2; exit 3\n');
  chmodSync(join(folder, "program"), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true }));

test("a name is looked for on the PATH and where pipx and uv put programs", () => {
  const folders = programFolders("/usr/bin::/home/me/.local/bin:/bin", "/home/me");
  expect(folders).toEqual(["/usr/bin", "/home/me/.local/bin", "/bin"]);
  expect(candidates("thatch", folders)[0]).toBe("/usr/bin/thatch");
  expect(candidates("/opt/thatch", folders)).toEqual(["/opt/thatch"]);
});

test("only what can be executed is a program", async () => {
  const [text, program] = [join(folder, "text"), join(folder, "program")];
  expect(await firstProgram([join(folder, "none"), folder, text, program])).toBe(program);
  expect(await firstProgram([text])).toBeUndefined();
});

test("what a program says and its exit code are told", async () => {
  const ran = await run(join(folder, "program"), ["hello"]);
  expect(ran).toEqual({ code: 3, stdout: "hello\n", stderr: "trouble\n" });
});

test("a program that is not there is no exception", async () => {
  const ran = await run(join(folder, "none"), []);
  expect(ran.code).toBeNull();
  expect(ran.stderr).toContain("ENOENT");
});

test("only settings that are given become options", () => {
  const given = { ghc: "/opt/ghc", cacheDir: "", jobs: 3 };
  expect(toolOptions(given, ["ghc", "cacheDir", "cacheRemote"])).toEqual(["--ghc", "/opt/ghc"]);
  expect(toolOptions(given, ["cacheDir"])).toEqual([]);
});
