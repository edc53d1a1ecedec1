import { join } from "node:path";
import { writeFolder } from "../files/adapter-folder.js";
import { readFile } from "../files/read-file.js";
import { FormatError } from "../formats/errors.js";
import { decodeNpy, encodeNpy, type NpyArray } from "../formats/npy.js";
import { Matrix } from "../linalg/matrix.js";
import { truncatedSvd } from "../linalg/truncated-svd.js";
import type { FloatArray } from "../wasm/index.js";
import { UsageError } from "./errors.js";
import { integer } from "./options.js";
import { checkFolderOutput } from "./outputs.js";
import type { Command } from "./packages.js";

interface Options {
  rank: number;
  seed: number;
  out?: string;
  json?: boolean;
}

/** `lowrank svd FILE.npy --rank K [--out DIR] [--json]` */
export function addSvd(program: Command): void {
  program
    .command("svd")
    .description("largest singular values and vectors of a matrix: A ~ U diag(S) V'")
    .argument("<file>", "a matrix as a .npy file (float, integer or bool); a vector is a column")
    .requiredOption("--rank <k>", "how many singular values", integer(1))
    .option("--out <dir>", "folder to write U.npy, S.npy and V.npy to")
    .option("--seed <n>", "seed of the random start", integer(0), 0)
    .option("--json", "print one JSON object")
    .action(run);
}

function run(file: string, { rank, seed, out, json }: Options): void {
  checkFolderOutput("--out", out, ["U.npy", "S.npy", "V.npy"], { FILE: file });
  const A = readMatrix(file);
  if (rank > Math.min(A.rows, A.cols)) {
    throw new UsageError(
      `--rank is ${rank} and ${file} is ${A.rows} x ${A.cols}: ` +
        `the rank must be at most ${Math.min(A.rows, A.cols)}`,
    );
  }
  const start = performance.now();
  const { U, S, V } = truncatedSvd(A, { rank, seed });
  const milliseconds = performance.now() - start;
  const files = out === undefined ? [] : write(out, { U, S, V });

  if (json) {
    const { rows, cols } = A;
    const singularValues = Array.from(S);
    console.log(JSON.stringify({ rows, cols, rank, singularValues, milliseconds, files }));
    return;
  }
  console.log(
    `${file}: ${A.rows} x ${A.cols}, ${rank} singular values in ${milliseconds.toFixed(0)} ms`,
  );
  for (const value of S) console.log(`  ${value.toPrecision(7)}`);
  for (const path of files) console.log(`wrote ${path}`);
}

/** A number is a matrix of one entry, a vector one of one column. */
function readMatrix(file: string): Matrix {
  const { shape, data } = decodeNpy(readFile(file), file);
  const [rows = 1, cols = 1] = shape;
  if (data.length === 0) {
    throw new FormatError(
      file,
      `shape (${shape.join(", ")}): it is empty: it has no singular values`,
    );
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new FormatError(
      file,
      `entry [${Math.floor(bad / cols)}, ${bad % cols}] is ${data[bad]}: every entry must be finite`,
    );
  }
  return new Matrix(rows, cols, data);
}

function write(folder: string, { U, S, V }: { U: Matrix; S: FloatArray; V: Matrix }): string[] {
  const arrays: [string, NpyArray][] = [
    ["U.npy", arrayOf([U.rows, U.cols], U.data)],
    ["S.npy", arrayOf([S.length], S)],
    ["V.npy", arrayOf([V.rows, V.cols], V.data)],
  ];
  writeFolder(folder, new Map(arrays.map(([name, array]) => [name, encodeNpy(array)])));
  return arrays.map(([name]) => join(folder, name));
}

function arrayOf(shape: number[], data: FloatArray): NpyArray {
  return { shape, data: data as NpyArray["data"] };
}
