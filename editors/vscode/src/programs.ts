// Where programs are and what they print; which of them is wanted is said elsewhere.

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";

export interface Ran {
  /** Null when a signal ended it, or when it could not be started at all. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

const mostBytes = 64 << 20;

/** The places where a program may be, in order: a path is itself, a name is looked for in the folders. */
export function candidates(program: string, folders: readonly string[]): readonly string[] {
  return program.includes("/") ? [program] : folders.map((folder) => join(folder, program));
}

/** The folders of a PATH, and those where pipx and uv put programs, which an editor's PATH often lacks. */
export function programFolders(path: string, home: string): readonly string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return [...new Set([...folders, join(home, ".local", "bin")])];
}

/** The first of some files that can be executed. */
export async function firstProgram(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (await isProgram(path)) {
      return path;
    }
  }
  return undefined;
}

/** Run a program to its end; never throws.  Aborting kills it. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { maxBuffer: mostBytes, ...options }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ code, stdout, stderr: code === null ? `${stderr}${error?.message ?? ""}` : stderr });
    });
    child.stdin?.end();
  });
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
