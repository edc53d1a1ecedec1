// Fails when the package's weight in the browser passes its budget: what a page downloads.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const kibibyte = 1024;

/** An entry as an application bundles it, minified; the kernels are inlined as hexadecimal text. */
async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    logOverride: { "ignored-bare-import": "silent" },
  });
  return outputFiles[0].contents;
}

const budgets = [
  { what: "kernels.wasm", bytes: await readFile("dist/edge/kernels.wasm"), limit: 64 },
  { what: "lowrank", bytes: await bundled("dist/index.js"), limit: 128 },
  { what: "lowrank/relaxed", bytes: await bundled("dist/relaxed/index.js"), limit: 128 },
  {
    what: "kernels of lowrank/threads",
    bytes: await readFile("build/kernels.threads.wasm"),
    limit: 16,
  },
  { what: "lowrank/theory", bytes: await bundled("dist/theory/index.js"), limit: 128 },
  { what: "lowrank/bounds", bytes: await bundled("dist/bounds/index.js"), limit: 128 },
  { what: "lowrank/generative", bytes: await bundled("dist/generative/index.js"), limit: 128 },
  { what: "lowrank/federated", bytes: await bundled("dist/federated/index.js"), limit: 128 },
  { what: "lowrank/lora", bytes: await bundled("dist/lora/index.js"), limit: 160 },
  { what: "lowrank/threads", bytes: await bundled("dist/threads/index.js"), limit: 128 },
];

for (const { what, bytes, limit } of budgets) {
  const size = gzipSync(bytes, { level: 9 }).length;
  const line = `${what}, gzip: ${(size / kibibyte).toFixed(1)} KiB of ${limit} KiB`;
  if (size <= limit * kibibyte) {
    console.log(line);
  } else {
    console.error(`${line}: over budget`);
    process.exitCode = 1;
  }
}
