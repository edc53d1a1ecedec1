import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // Two workers at most: the suite must leave room on a small machine.
    maxWorkers: 2,
  },
});
