import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

const relaxedTexts = fileURLToPath(new URL("src/wasm/kernels.relaxed.hex.ts", import.meta.url));

/** Node 20 has relaxed SIMD behind a flag that later ones no longer know. */
const nodeFlags =
  Number(process.versions.node.split(".")[0]) < 22 ? ["--experimental-wasm-relaxed-simd"] : [];

/** The kernels' own tests and those of all that rests on them, on the kernels of lowrank/relaxed. */
const relaxed: TestProjectInlineConfiguration = {
  extends: true,
  plugins: [
    {
      name: "relaxed-kernels",
      enforce: "pre",
      resolveId: (id) => (/\/kernels\.hex\.js$/.test(id) ? relaxedTexts : undefined),
    },
  ],
  test: {
    name: "relaxed",
    include: ["test/assembly/**/*.test.ts", "test/linalg/**/*.test.ts"],
    env: { LOWRANK_VARIANT: "relaxed" },
    pool: "forks",
    execArgv: nodeFlags,
  },
};

/** The kernels' own tests on what lowrank/portable computes with where there is no WebAssembly. */
const plain: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: "plain",
    include: ["test/assembly/**/*.test.ts"],
    setupFiles: fileURLToPath(new URL("test/helpers/plain-kernels.ts", import.meta.url)),
  },
};

export default defineConfig({
  test: {
    // Nothing is judged by its time, also where much else runs: limits are for what hangs.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    teardownTimeout: 600_000,
    // Two workers at most: the suite must leave room on a small machine.
    maxWorkers: 2,
    setupFiles: ["seed.ts", "environment.ts"].map((name) =>
      fileURLToPath(new URL(`test/helpers/${name}`, import.meta.url)),
    ),
    projects: [
      {
        extends: true,
        test: {
          name: "baseline",
          include: ["test/**/*.test.ts"],
          globalSetup: fileURLToPath(new URL("test/helpers/site-folder.ts", import.meta.url)),
        },
      },
      relaxed,
      plain,
    ],
  },
});
