// The user's settings as options of thatch's commands, so that these look at the cache that the server fills; pure.

/** The settings that commands have options for. */
export type Shared = "ghc" | "cacheDir" | "cacheRemote";

const options: Readonly<Record<Shared, string>> = {
  ghc: "--ghc",
  cacheDir: "--cache-dir",
  cacheRemote: "--remote",
};

/** The options for those of the named settings that the user has given. */
export function toolOptions(given: Readonly<Record<string, unknown>>, names: readonly Shared[]): readonly string[] {
  return names.flatMap((name) => {
    const value = given[name];
    return typeof value === "string" && value !== "" ? [options[name], value] : [];
  });
}
