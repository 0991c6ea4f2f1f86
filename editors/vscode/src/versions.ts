// Versions of the server and the extension, and whether they go together; pure.

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The version in what `thatch --version` prints, such as `thatch 0.1.0`; or in just `0.1.0`. */
export function readVersion(text: string): Version | undefined {
  const found = /^(?:thatch )?(\d+)\.(\d+)\.(\d+)/m.exec(text);
  return found ? { major: Number(found[1]), minor: Number(found[2]), patch: Number(found[3]) } : undefined;
}

export function versionText(version: Version): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}

/**
 * How a server's version stands to the extension's.  They are released together, and speak the same as long as the
 * minor version is the same.
 */
export function compare(server: Version, extension: Version): "old" | "fits" | "new" {
  const difference = server.major - extension.major || server.minor - extension.minor;
  return difference === 0 ? "fits" : difference < 0 ? "old" : "new";
}
