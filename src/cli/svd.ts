import type { Matrix } from "../linalg/matrix.js";
import { Triangle, triangleRows } from "../linalg/triangle.js";
import { truncatedSvd } from "../linalg/truncated-svd.js";
import { takeBlocks } from "./blocks-on-threads.js";
import { UsageError } from "./errors.js";
import {
  type NpyMatrix,
  type NpyOutput,
  openNpyMatrix,
  readNpyMatrix,
  writeNpy,
} from "./npy-files.js";
import { integer, threadsOption } from "./options.js";
import { checkFolderOutput } from "./outputs.js";
import type { Command } from "./packages.js";

interface Options {
  rank: number;
  seed: number;
  threads: number;
  out?: string;
  json?: boolean;
}

/** Blocks from which on a matrix is read by blocks. */
const fewestBlocks = 4;

/** `lowrank svd FILE.npy --rank K [--out DIR] [--json]` */
export function addSvd(program: Command): void {
  program
    .command("svd")
    .description("largest singular values and vectors of a matrix: A ~ U diag(S) V'")
    .argument("<file>", "a matrix as a .npy file (float, integer or bool); a vector is a column")
    .requiredOption("--rank <k>", "how many singular values", integer(1))
    .option("--out <dir>", "folder to write U.npy, S.npy and V.npy to")
    .option("--seed <n>", "seed of the random start", integer(0), 0)
    .addOption(threadsOption("threads that read the rows of a tall matrix"))
    .option("--json", "print one JSON object")
    .action(run);
}

async function run(file: string, { rank, seed, threads, out, json }: Options): Promise<void> {
  checkFolderOutput("--out", out, ["U.npy", "S.npy", "V.npy"], { FILE: file });
  const stored = openNpyMatrix(file, "singular values");
  const { rows, cols } = stored;
  if (rank > Math.min(rows, cols)) {
    throw new UsageError(
      `--rank is ${rank} and ${file} is ${rows} x ${cols}: ` +
        `the rank must be at most ${Math.min(rows, cols)}`,
    );
  }
  const start = performance.now();
  const { S, vectors } =
    (await byBlocks(stored, rank, threads)) ?? whole(readNpyMatrix(file, stored), rank, seed);
  const milliseconds = performance.now() - start;
  const files = out === undefined ? [] : writeSvd(out, { S, ...vectors() });

  if (json) {
    const singularValues = Array.from(S);
    console.log(JSON.stringify({ rows, cols, rank, singularValues, milliseconds, files }));
    return;
  }
  console.log(
    `${file}: ${rows} x ${cols}, ${rank} singular values in ${milliseconds.toFixed(0)} ms`,
  );
  for (const value of S) console.log(`  ${value.toPrecision(7)}`);
  for (const path of files) console.log(`wrote ${path}`);
}

/** Of a matrix so tall that its blocks are small beside it; where its singular values allow. */
async function byBlocks(X: NpyMatrix, rank: number, threads: number) {
  const { rows, cols } = X;
  const count = triangleRows(cols);
  if (rows < fewestBlocks * count) return;
  const triangle = new Triangle(cols);
  await takeBlocks("svd", triangle, { triangle: { cols } }, X.blocks(count), threads);
  return triangle.triplets(X, rank);
}

function whole(A: Matrix, rank: number, seed: number) {
  const { U, S, V } = truncatedSvd(A, { rank, seed });
  return { S, vectors: () => ({ U, V }) };
}

const writeSvd = (out: string, { U, S, V }: Record<"U" | "S" | "V", NpyOutput>) =>
  writeNpy(out, { "U.npy": U, "S.npy": S, "V.npy": V });
