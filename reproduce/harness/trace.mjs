// Training as a part of an experiment: a curve, resumable to the same bits.

import { Matrix, train } from "../../dist/index.js";
import { processorMilliseconds } from "../../lab/processor-time.mjs";

/**
 * Trains the model and records it.
 *
 * @param every - steps between two rows; the last step has a row too.
 * @param measure - further columns of a row, from the model and the step; not counted in `seconds`.
 * @param until - stops after a row for which it is true.
 * @param options - the rest goes to `train`.
 * @returns rows of { step, loss, seconds, ... }, the steps and seconds in all, and the factors.
 */
export function trace(lab, name, settings) {
  const { model, problem, every, measure = () => ({}), until = () => false, ...options } = settings;
  const { steps, tolerance = 0 } = options;
  return lab.part(name, (kept, keep) => {
    const rows = kept?.rows ?? [];
    let seconds = kept?.seconds ?? 0;
    const checkpoint = kept && revive(kept.checkpoint);
    const run = train(model, problem, checkpoint ? { ...options, checkpoint } : options);
    let since = performance.now();
    let clock = 0;
    let last;
    for (const { step, loss } of run) {
      last = step;
      const due = step % every === 0 || step === steps || loss <= tolerance;
      const known = rows.length > 0 && rows.at(-1).step === step;
      if (due && !known) {
        seconds += (performance.now() - since) / 1000;
        rows.push({ step, loss, seconds, ...measure(model, step) });
        since = performance.now();
        lab.show(name, step, steps);
        if (until(rows.at(-1))) break;
      }
      // A look at the clock is not free beside a step of microseconds.
      if (++clock % 16 === 0 || performance.now() - since > 100) {
        keep(() => {
          seconds += (performance.now() - since) / 1000;
          since = performance.now();
          return { rows, seconds, checkpoint: plain(run.checkpoint()) };
        });
      }
    }
    seconds += (performance.now() - since) / 1000;
    return { rows, steps: last, seconds, factors: model.factors().map(plainMatrix) };
  });
}

/**
 * Milliseconds of processor time a step, median of `count` after `warmup`: what other work on the
 * machine takes away does not count.
 */
export function stepMilliseconds(model, problem, options, count, warmup = 2) {
  const times = [];
  let last;
  for (const _ of train(model, problem, { ...options, steps: warmup + count })) {
    const now = processorMilliseconds();
    if (last !== undefined) times.push(now - last);
    last = now;
  }
  const sorted = times.slice(warmup).sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Matrices as plain objects, which the disk can keep. */
export const plainMatrix = ({ rows, cols, data }) => ({ rows, cols, data });

/** And back. */
export const reviveMatrix = ({ rows, cols, data }) => new Matrix(rows, cols, data);

const plain = ({ step, factors, state }) => ({ step, factors: factors.map(plainMatrix), state });

const revive = ({ step, factors, state }) => ({ step, factors: factors.map(reviveMatrix), state });
