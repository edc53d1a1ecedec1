import type { IndexedEntries } from "../completion/entries.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { completion } from "../factorization/problems/completion.js";
import { train } from "../factorization/training/train.js";
import { adam } from "../optim/adam.js";
import { UsageError } from "./errors.js";
import { bytesPerParameter, wideParameters } from "./wide-size.js";

const maxBytes = 3 * 2 ** 30;

/** @throws UsageError when the wide model does not fit into memory: before anything is trained. */
export function checkWide(rows: number, cols: number, cores: number): void {
  const bytes = bytesPerParameter * wideParameters(rows, cols, cores);
  if (bytes > maxBytes) {
    throw new UsageError(
      `--compare-wide: the wide model of ${rows} x ${cols} takes ${(bytes / 2 ** 30).toFixed(1)} ` +
        `GiB: it must be at most ${maxBytes / 2 ** 30} GiB`,
    );
  }
}

/** The faster of two: the first one also touches fresh memory. */
const timedSteps = 2;

/** Time of one step of the wide model on the same ratings, by the same kernels. */
export function wideStepMilliseconds(dataset: IndexedEntries, cores: number): number {
  const shape = { rows: dataset.rowIds.length, cols: dataset.colIds.length };
  const model = deepFactorization({ shape, depth: cores + 2, scale: 0.1, dtype: "f32" });
  const problem = completion({
    ...shape,
    rowIndices: dataset.rows,
    colIndices: dataset.cols,
    values: dataset.values,
  });
  const optimizer = adam({ learningRate: 1e-3 });
  const run = train(model, problem, { steps: timedSteps, optimizer });
  run.next(); // the loss at the start: what a step begins with, so not its cost
  let fastest = Number.POSITIVE_INFINITY;
  for (let step = 0; step < timedSteps; step++) {
    const start = performance.now();
    run.next();
    fastest = Math.min(fastest, performance.now() - start);
  }
  run.return();
  return fastest;
}
