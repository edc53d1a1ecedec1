// The package's sources in one module, with the parsers that it does not export.
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The module that targets import. */
export const bundled = path("../build/fuzz/sources.mjs");

/** Builds it anew from fuzz/sources.ts: 0.1 s. */
export async function bundle() {
  await build({
    entryPoints: [path("sources.ts")],
    outfile: bundled,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    keepNames: true,
    logLevel: "warning",
    plugins: [ownUrls],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
}

/** Helpers of the tests read fixtures beside themselves: each keeps its own URL. */
const ownUrls = {
  name: "own-urls",
  setup({ onLoad }) {
    onLoad({ filter: /\/test\/helpers\/[\w-]+\.ts$/ }, async ({ path: file }) => {
      const { readFile } = await import("node:fs/promises");
      const text = await readFile(file, "utf8");
      const contents = text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href));
      return { contents, loader: "ts" };
    });
  },
};
