import { truncatedSvd } from "../linalg/truncated-svd.js";
import { UsageError } from "./errors.js";
import { openNpyMatrix, readNpyMatrix, writeNpy } from "./npy-files.js";
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
  const stored = openNpyMatrix(file, "singular values");
  const { rows, cols } = stored;
  if (rank > Math.min(rows, cols)) {
    throw new UsageError(
      `--rank is ${rank} and ${file} is ${rows} x ${cols}: ` +
        `the rank must be at most ${Math.min(rows, cols)}`,
    );
  }
  const A = readNpyMatrix(file, stored);
  const start = performance.now();
  const { U, S, V } = truncatedSvd(A, { rank, seed });
  const milliseconds = performance.now() - start;
  const files = out === undefined ? [] : writeNpy(out, { "U.npy": U, "S.npy": S, "V.npy": V });

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
