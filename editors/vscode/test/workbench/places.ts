// Where the tests find things and leave things.

import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export const repository = join(import.meta.dirname, "../../../..");

/** Screenshots and logs; git ignores them. */
export const artefacts = join(repository, "editors/vscode/dist/artefacts");
mkdirSync(artefacts, { recursive: true });

const toolchains = join(repository, ".toolchains");

/** A copy of an example that a test may change. */
export class Project {
  readonly #parent = mkdtempSync(join(tmpdir(), "thatch-project-"));
  readonly folder: string;

  constructor(example: string) {
    this.folder = join(this.#parent, example);
    cpSync(join(repository, "examples", example), this.folder, { recursive: true });
  }

  /** The environment of a user who has thatch and Debian's GHC, and a cache of their own. */
  get environment(): Readonly<Record<string, string>> {
    return {
      PATH: [join(repository, ".venv/bin"), "/usr/bin", process.env["PATH"]].join(delimiter),
      CABAL_CONFIG: join(toolchains, "cabal-offline.config"),
      CABAL_DIR: join(toolchains, "cabal"),
      THATCH_CACHE_DIR: join(this.#parent, "cache"),
    };
  }

  async remove(): Promise<void> {
    // A thatch whose editor is gone may still be ending its GHC.
    await rm(this.#parent, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
