// Builds the site into site/dist: programs by Vite, pages by layout.ts, nothing that depends on the day
// or the machine. Any host and any folder of it will do: every address is relative.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { emptied, withoutMaps } from "../scripts/without-maps.mjs";
import { style as reportStyle } from "../src/cli/report/style.js";
import { docsFiles } from "./docs/pages.js";
import { layout, markFile } from "./layout.js";
import { pages } from "./pages.js";
import { serviceWorker } from "./shell/service-worker.js";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages that compute: a program and its worker each, assets/NAME.js and assets/NAME-worker.js. */
const demonstrations = ["recommend", "theorem", "matrix", "picture", "teach"];

const programs = {
  shell: "shell/shell.ts",
  search: "docs/search.ts",
  ...Object.fromEntries(
    demonstrations.flatMap((name) => [
      [name, `${name}/main.ts`],
      [`${name}-worker`, `${name}/worker.ts`],
    ]),
  ),
};

/**
 * The package by its sources, and without kernels: all workers share one build of it, and one file of kernels
 * (shell/serve.ts), as a page of a user's does with lowrank/slim.
 */
const sources = { find: /^lowrank$/, replacement: file("../src/index.ts") };

function withoutKernels(): Plugin {
  return {
    name: "without-kernels",
    transform: (code, id) =>
      id.endsWith("/kernels.text.ts") ? code.replace(/= +\n? *"[^"]*"/g, '= ""') : undefined,
  };
}

/** The sample that the command has: MovieTweetings. */
const sampleRatings = () =>
  brotliDecompressSync(readFileSync(file("../data/movietweetings.csv.br")));

/** What the reports draw with: a browser has a document of its own. */
const plots = { find: /^.*\/plot-packages\.js$/, replacement: file("plot-packages.ts") };

function chartsWithoutMaps(): Plugin {
  return {
    name: "charts-without-maps",
    load: (path) => (withoutMaps.test(path) ? emptied(path) : undefined),
  };
}

/** Writes pages, style and service worker. */
function sitePages(): Plugin {
  return {
    name: "site-pages",
    async generateBundle(_, bundle) {
      const files = new Map<string, string | Uint8Array>();
      for (const made of Object.values(bundle)) {
        files.set(made.fileName, made.type === "asset" ? made.source : made.code);
      }
      const emit = (fileName: string, source: string | Uint8Array) => {
        files.set(fileName, source);
        this.emitFile({ type: "asset", fileName, source });
      };
      const docs = await docsFiles();
      const all = [...pages, ...docs.pages];
      const paths = new Set(all.map(({ path }) => path));
      for (const page of all)
        emit(
          page.path,
          layout(page, (path) => paths.has(path)),
        );
      for (const { path, bytes } of docs.files) emit(path, bytes);
      const rules = ["style.css", "docs/docs.css"].map((name) => readFileSync(file(name), "utf8"));
      emit("assets/site.css", [reportStyle, ...rules].join("\n"));
      emit("sample/movietweetings.csv", sampleRatings());
      emit("assets/mark.svg", markFile);
      emit("assets/kernels.wasm", readFileSync(file("../dist/edge/kernels.wasm")));
      const names = [...files.keys()].sort();
      const hash = createHash("sha256");
      for (const name of names) hash.update(name).update(files.get(name)!);
      emit("sw.js", serviceWorker(hash.digest("hex").slice(0, 16), ["./", ...names]));
    },
  };
}

export default defineConfig({
  root: file("."),
  base: "./",
  publicDir: false,
  logLevel: "warn",
  resolve: {
    alias: [sources, plots],
  },
  plugins: [withoutKernels(), chartsWithoutMaps(), sitePages()],
  build: {
    outDir: file("dist"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: Object.fromEntries(Object.entries(programs).map(([n, path]) => [n, file(path)])),
      output: { entryFileNames: "assets/[name].js" },
    },
  },
});
