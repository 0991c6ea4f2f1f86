// Where the tests find things and leave things.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

export const repository = join(import.meta.dirname, "../../../..");

/** Screenshots and logs; git ignores them. */
export const artefacts = join(repository, "editors/vscode/dist/artefacts");
mkdirSync(artefacts, { recursive: true });

export const toolchains = join(repository, ".toolchains");

/** Where thatch is. */
export const programs = join(repository, ".venv/bin");

/** A copy of an example that a test may change. */
export class Project {
  readonly #parent = mkdtempSync(join(tmpdir(), "thatch-project-"));
  readonly folder: string;

  constructor(example: string) {
    this.folder = join(this.#parent, example);
    cpSync(join(repository, "examples", example), this.folder, { recursive: true });
  }

  /** A folder beside the project, for what a test needs. */
  scratch(name: string): string {
    const folder = join(this.#parent, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** The environment of a user who has Debian's GHC and a cache of their own; `programs` are first on the PATH. */
  environment(...programs: readonly string[]): Readonly<Record<string, string>> {
    return {
      HOME: this.scratch("home"),
      PATH: [...programs, "/usr/bin", "/bin", dirname(process.execPath)].join(delimiter),
      CABAL_CONFIG: join(toolchains, "cabal-offline.config"),
      CABAL_DIR: join(toolchains, "cabal"),
      THATCH_CACHE_DIR: join(this.#parent, "cache"),
    };
  }

  /** The processes that serve an editor in this project. */
  servers(): readonly number[] {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && this.#isServer(pid));
  }

  #isServer(pid: number): boolean {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return (
        command.some((part) => part.endsWith("/thatch")) &&
        command.includes("lsp") &&
        readlinkSync(`/proc/${pid}/cwd`) === this.folder
      );
    } catch {
      // It has just ended.
      return false;
    }
  }

  async remove(): Promise<void> {
    // A thatch whose editor is gone may still be ending its GHC.
    await rm(this.#parent, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
