import { defineConfig } from "vitest/config";

const minutes = 60_000 * Number(process.env["THATCH_TEST_TIMEOUT_MULTIPLIER"] ?? "1");

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The workbench's tests wait for cabal and GHC, and go on where the test before ended.
    testTimeout: 5 * minutes,
    hookTimeout: 5 * minutes,
    bail: 1,
    fileParallelism: false,
  },
});
