// Fails when the package's weight in the browser passes its budget: what a page downloads.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const kibibyte = 1024;

/** The core entry as an application bundles it, minified; the kernels are inlined as base64. */
async function bundledEntry() {
  const { outputFiles } = await build({
    entryPoints: ["dist/index.js"],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return outputFiles[0].contents;
}

const budgets = [
  { what: "kernels.wasm, gzip", bytes: await readFile("dist/kernels.wasm"), limit: 64 * kibibyte },
  { what: "core entry, gzip", bytes: await bundledEntry(), limit: 128 * kibibyte },
];

for (const { what, bytes, limit } of budgets) {
  const size = gzipSync(bytes, { level: 9 }).length;
  const line = `${what}: ${(size / kibibyte).toFixed(1)} KiB of ${limit / kibibyte} KiB`;
  if (size <= limit) {
    console.log(line);
  } else {
    console.error(`${line}: over budget`);
    process.exitCode = 1;
  }
}
