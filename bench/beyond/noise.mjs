// Question: how near to the best stop is one that sees noisy data only?
import {
  completion,
  holdOut,
  Matrix,
  scaledGd,
  spectralCompress,
  train,
} from "../../dist/index.js";
import { median } from "../../lab/statistics.mjs";
import { geometric, relativeErrorAt, spectrumTarget, splitEntries } from "../low-rank-data.mjs";

const seeds = 8;
const every = 10;

const runs = {
  "default, width 2r": (rank) => ({ rank }),
  "scaledGd, width r": (rank) => ({ rank, width: rank }),
  "scaledGd, width 2r": (rank) => ({ rank }),
};

/** Errors at our stop, at the best step of the same trajectory, and at its end. */
function errors(name, rank, noise, seed) {
  const target = spectrumTarget(60, 60, geometric(rank, 3), 5000 + 10 * seed);
  const { data, unseen } = splitEntries(target, 0.4, 20 + seed);
  const rms = Math.sqrt(target.data.reduce((sum, x) => sum + x * x, 0) / target.data.length);
  const draw = Matrix.randomNormal(1, data.values.length, { seed: 7000 + seed }).data;
  const values = data.values.map((value, p) => value + noise * rms * draw[p]);
  const { training, validation } = holdOut({ ...data, values }, { seed });
  const problem = completion(training);
  const optimizer = name.startsWith("scaledGd") ? { optimizer: scaledGd() } : {};
  const options = { steps: 2000, ...optimizer };

  const stopped = spectralCompress(problem, runs[name](rank));
  let steps = 0;
  const held = { ...options, validation: completion(validation) };
  for (const { step } of train(stopped, problem, held)) steps = step;
  const ours = relativeErrorAt(stopped.product(), target, unseen);

  const free = spectralCompress(problem, runs[name](rank));
  let best = Number.POSITIVE_INFINITY;
  let last = best;
  for (const { step } of train(free, problem, options)) {
    if (step % every !== 0) continue;
    last = relativeErrorAt(free.product(), target, unseen);
    best = Math.min(best, last);
  }
  return { ratio: ours / best, end: last / best, steps, ours };
}

function row(name, rank, noise) {
  const all = Array.from({ length: seeds }, (_, seed) => errors(name, rank, noise, seed));
  const ratios = all.map(({ ratio }) => ratio);
  console.error(name, rank, noise, ratios.map((x) => x.toFixed(3)).join(" "));
  return [
    name,
    rank,
    noise,
    median(all.map(({ ours }) => ours)).toFixed(4),
    median(ratios).toFixed(3),
    Math.max(...ratios).toFixed(3),
    median(all.map(({ end }) => end)).toFixed(2),
    median(all.map(({ steps }) => steps)),
  ];
}

export function noise() {
  const rows = [];
  for (const name of Object.keys(runs)) {
    for (const rank of [2, 4])
      for (const level of [0.03, 0.3, 1]) rows.push(row(name, rank, level));
  }
  return {
    title: "Noisy completion: 60 x 60, 40 % observed, stopped by a tenth of the noisy entries",
    columns: [
      "run",
      "rank",
      "noise / entries (rms)",
      "error at our stop",
      "over the best on the way: median",
      "greatest",
      "at the end of 2000 steps: median",
      "steps run",
    ],
    rows,
    remarks:
      `Relative errors on the clean unseen entries, ${seeds} seeds; the best is looked for every ` +
      `${every} steps of the same run.`,
  };
}
