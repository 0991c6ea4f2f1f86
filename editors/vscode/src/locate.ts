// Which program is the server, and whether it fits this extension; it is not started as a server here.

import { homedir } from "node:os";
import { candidates, firstProgram, programFolders, run } from "./programs";
import type { Trouble } from "./troubles";
import { compare, readVersion, type Version } from "./versions";

/** How long `thatch --version` may take; a cold Python on a slow disk takes some seconds. */
const versionMilliseconds = 30_000;

export interface Located {
  readonly path: string;
  readonly version: Version;
}

/**
 * The server to start: the one that the setting names, else the first on the PATH.
 *
 * `extension` is the version of this extension.
 */
export async function locate(setting: string, extension: Version): Promise<Located | Trouble> {
  const folders = programFolders(process.env["PATH"] ?? "", homedir());
  const wanted = setting.replace(/^~(?=\/)/, homedir());
  const path = await firstProgram(candidates(wanted || "thatch", folders));
  if (path === undefined) {
    return setting === "" ? { kind: "missing" } : { kind: "wrong-path", path: setting };
  }
  const asked = await run(path, ["--version"], { signal: AbortSignal.timeout(versionMilliseconds) });
  const version = asked.code === 0 ? readVersion(asked.stdout) : undefined;
  if (version === undefined) {
    return { kind: "unusable", path, output: `${asked.stdout}\n${asked.stderr}` };
  }
  const fit = compare(version, extension);
  return fit === "fits" ? { path, version } : { kind: fit, found: version, wanted: extension };
}
