// Question: how much memory do the principal components of a million embeddings take, streamed from a file?
//
//     node bench/streaming-pca.mjs --rows 1000000
//
// A .npy file of rows x 64 float32 of rank 8 and noise is written, then read by 16,384 rows. Prints one JSON
// object; peakMegabytes is the whole process, the file's writing included.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { add, Matrix, matmul, StreamingPca } from "../dist/index.js";

const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" } } });
const rows = Number(values.rows);
const [cols, rank, blockRows] = [64, 8, 16_384];
const sizes = () =>
  Array.from({ length: Math.ceil(rows / blockRows) }, (_, b) =>
    Math.min(blockRows, rows - b * blockRows),
  );

const folder = mkdtempSync(join(tmpdir(), "lowrank-streaming-pca-"));
const path = join(folder, "embeddings.npy");
process.on("exit", () => rmSync(folder, { recursive: true }));

// Version 1 of the format: magic, version, length of the header, header up to a multiple of 64.
const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
const header = `${dictionary.padEnd(128 - 10 - 1)}\n`;
const written = openSync(path, "w");
writeSync(written, Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0));
writeSync(written, header);
const directions = Matrix.randomNormal(rank, cols, { seed: 1, dtype: "f32" });
for (const [b, count] of sizes().entries()) {
  const signal = Matrix.randomNormal(count, rank, { seed: 2 + 2 * b, dtype: "f32" });
  const noise = Matrix.randomNormal(count, cols, { seed: 3 + 2 * b, dtype: "f32" });
  writeSync(written, add(matmul(signal, directions), noise).data);
}
closeSync(written);

const start = performance.now();
const stream = new StreamingPca({ cols, components: rank, dtype: "f32" });
const file = openSync(path);
const preamble = new Uint8Array(10);
readSync(file, preamble, 0, 10, 0);
let position = 10 + preamble[8] + 256 * preamble[9];
for (const count of sizes()) {
  const block = Matrix.zeros(count, cols, { dtype: "f32" });
  position += readSync(file, block.data, 0, block.data.byteLength, position);
  stream.append(block);
}
closeSync(file);
const { explainedVarianceRatio } = stream.pca();

console.log(
  JSON.stringify({
    rows: stream.rows,
    fileMegabytes: position / 1e6,
    explained: explainedVarianceRatio.reduce((sum, ratio) => sum + ratio, 0),
    seconds: (performance.now() - start) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1000,
  }),
);
