// One training of an adapter on a few labelled examples, as a part of an experiment.
import { DivergenceError, Finetuning, learnedRank, singularValues } from "../../dist/lora/index.js";
import { methods, targetsOf } from "./adapter-methods.mjs";

/** What all runs have in common: the paper's batch and its optimizer. */
export const protocol = { batchSize: 16, headLearningRate: 1e-3, maxTokens: 128 };

/** The paper's constant rate. */
const constantRate = { warmupShare: 0, finalRateShare: 1 };

/**
 * Trains and judges; resumable to the same bits. A run that diverges is worth 0.
 *
 * @param method - a name of `methods`; or `make`, which makes one from { rank, seed, targets }.
 * @param judged - the examples that it is judged by.
 * @param schedule - warm-up and decay, as options of `Finetuning`. @defaultValue a constant rate
 * @returns the metric at the last step, the losses, the learned rank and the largest singular value
 * of every adapted matrix, and the seconds a step.
 */
export function fewShot(lab, name, settings) {
  const { model, task, examples, judged, method, rank, learningRate, steps, seed } = settings;
  const { make = methods[method].make, schedule = constantRate } = settings;
  const targets = targetsOf(lab.quick);
  return lab.part(name, (kept, keep) => {
    const run = new Finetuning(model, examples, {
      ...{ ...protocol, ...schedule },
      ...{ method: make({ rank, seed, targets }), task: task.task },
      ...{ steps, learningRate, seed, ...(kept ? { resume: kept.state } : {}) },
    });
    const losses = kept?.losses ?? [];
    let seconds = kept?.seconds ?? 0;
    let diverged = false;
    while (run.stepCount < steps) {
      const start = performance.now();
      try {
        losses.push(run.step().loss);
      } catch (error) {
        if (!(error instanceof DivergenceError)) throw error;
        diverged = true;
        break;
      }
      seconds += (performance.now() - start) / 1000;
      lab.show(name, run.stepCount, steps);
      keep(() => ({ state: run.save(), losses, seconds }));
    }
    const spectra = diverged ? [] : run.adapter().layers.map(singularValues);
    return {
      value: diverged ? 0 : judge(run, task, judged),
      losses,
      ranks: spectra.map((values) => learnedRank(values)),
      sizes: spectra.map(([largest]) => largest),
      secondsPerStep: seconds / losses.length,
    };
  });
}

function judge(run, { task, metric }, judged) {
  const scores = run.predict(judged);
  const decisions = Array.from({ length: scores.rows }, (_, i) => {
    const row = scores.row(i);
    return task.kind === "regression" ? row[0] : row.indexOf(Math.max(...row));
  });
  const truth = judged.map(({ label }) => label);
  const value = metric(truth, decisions);
  return Number.isFinite(value) ? value : 0;
}
