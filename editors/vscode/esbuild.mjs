// Bundles the extension into dist/extension.js, and puts the license beside it, as the package must have it.

import { copyFileSync } from "node:fs";
import { build } from "esbuild";

copyFileSync("../../LICENSE", "LICENSE");

await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  external: ["vscode"],
  format: "cjs",
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
