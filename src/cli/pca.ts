import { isTall, type PcaOptions, pca, pcaOfScatter } from "../decompositions/pca.js";
import type { Pca } from "../decompositions/principal-components.js";
import { Scatter, scatterRows } from "../decompositions/scatter.js";
import { FormatError } from "../formats/errors.js";
import type { Matrix } from "../linalg/matrix.js";
import { takeBlocks } from "./blocks-on-threads.js";
import { UsageError } from "./errors.js";
import { type NpyMatrix, openNpyMatrix, readNpyMatrix, writeNpy } from "./npy-files.js";
import { fraction, integer, threadsOption } from "./options.js";
import { checkFolderOutput } from "./outputs.js";
import type { Command } from "./packages.js";

interface Options {
  components?: number;
  variance?: number;
  whiten?: boolean;
  scale?: boolean;
  center: boolean;
  seed: number;
  threads: number;
  out?: string;
  json?: boolean;
}

/** Rows that are read, transformed and written at a time. */
const transformedRows = 4096;

const names = ["transformed", "components", "means", "scales", "explainedVariance"];
const files = names.map((name) => `${name}.npy`);

/** `lowrank pca FILE.npy --components K [--out DIR] [--json]` */
export function addPca(program: Command): void {
  program
    .command("pca")
    .description("principal components of the rows of a matrix, such as embeddings")
    .argument("<file>", "a matrix as a .npy file, one sample per row")
    .option("--components <k>", "how many components (default: all)", integer(1))
    .option(
      "--variance <share>",
      "as many as explain this share of the variance",
      fraction(0, 1, true),
    )
    .option("--whiten", "make the variance of each component 1")
    .option("--scale", "divide the columns by their standard deviations")
    .option("--no-center", "leave the means of the columns in")
    .option(
      "--out <dir>",
      `folder to write ${files.slice(0, -1).join(", ")} and ${files.at(-1)} to`,
    )
    .option("--seed <n>", "seed of the random start", integer(0), 0)
    .addOption(threadsOption("threads that read the rows of a tall matrix"))
    .option("--json", "print one JSON object")
    .action(run);
}

async function run(file: string, { out, json, threads, ...options }: Options): Promise<void> {
  const { components, variance } = options;
  if (components !== undefined && variance !== undefined) {
    throw new UsageError("--components and --variance: only one may be given");
  }
  checkFolderOutput("--out", out, files, { FILE: file });
  const X = openNpyMatrix(file, "components");
  if (X.rows < 2) {
    throw new FormatError(file, `shape (${X.rows}, ${X.cols}): there must be two rows or more`);
  }
  const most = Math.min(X.rows, X.cols);
  if (components !== undefined && components > most) {
    throw new UsageError(
      `--components is ${components} and ${file} is ${X.rows} x ${X.cols}: it must be at most ${most}`,
    );
  }
  const start = performance.now();
  const model = isTall(X)
    ? await tallPca(X, options, threads)
    : pca(readNpyMatrix(file, X), options);
  const milliseconds = performance.now() - start;
  const { means, scales, explainedVariance, explainedVarianceRatio } = model;
  const { rows, cols, dtype } = X;
  const count = model.components.rows;
  const transformed = { rows, cols: count, dtype, blocks: transformedBlocks(model, X) };
  const arrays = [transformed, model.components, means, scales, explainedVariance];
  const entries = arrays.map((array, i) => [files[i], array] as const);
  const written = out === undefined ? [] : writeNpy(out, Object.fromEntries(entries));

  const explained = Array.from(explainedVarianceRatio).reduce((sum, ratio) => sum + ratio, 0);
  if (json) {
    const numbers = {
      explainedVariance: Array.from(explainedVariance),
      explainedVarianceRatio: Array.from(explainedVarianceRatio),
    };
    const sizes = { rows, cols, components: count, explained };
    console.log(JSON.stringify({ ...sizes, ...numbers, milliseconds, files: written }));
    return;
  }
  console.log(
    `${file}: ${rows} x ${cols}, ${count} components explain ${(100 * explained).toFixed(2)} % ` +
      `of the variance, in ${milliseconds.toFixed(0)} ms`,
  );
  for (const [i, ratio] of explainedVarianceRatio.entries()) {
    console.log(
      `  ${i + 1}: ${explainedVariance[i].toPrecision(7)}, ${(100 * ratio).toFixed(2)} %`,
    );
  }
  for (const path of written) console.log(`wrote ${path}`);
}

async function tallPca(X: NpyMatrix, options: PcaOptions, threads: number): Promise<Pca> {
  const { cols, dtype } = X;
  const scatter = new Scatter(cols);
  await takeBlocks("pca", scatter, { pca: { cols, dtype } }, X.blocks(scatterRows), threads);
  return pcaOfScatter(scatter, dtype, options);
}

/** The rows in the coordinates of the components, while the file is read once more. */
function* transformedBlocks(model: Pca, X: NpyMatrix): Generator<Matrix> {
  for (const block of X.blocks(transformedRows)) yield model.transform(block);
}
