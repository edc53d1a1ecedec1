// Question: what does it cost not to be told the rank, and is it found?
import { completion, fitLowRank, scaledGd, spectralCompress, train } from "../../dist/index.js";
import { median } from "../../lab/statistics.mjs";
import { geometric, relativeErrorAt, spectrumTarget, splitEntries } from "../low-rank-data.mjs";

const tolerance = 1e-6;
const limit = 600;
const seeds = 10;

/** Steps of an iterator of { step } until the unseen error of the model is below the tolerance. */
function stepsTo(iterator, model, target, unseen) {
  for (const { step } of iterator) {
    if (step % 2 === 0 && relativeErrorAt(model().product(), target, unseen) < tolerance)
      return step;
  }
  return Number.POSITIVE_INFINITY;
}

function row({ rows, cols, rank, share }, condition) {
  const known = [];
  const found = [];
  let right = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const target = spectrumTarget(rows, cols, geometric(rank, condition), 3000 + 10 * seed);
    const { data, unseen } = splitEntries(target, share, 90 + seed);
    const problem = completion(data);
    const told = spectralCompress(problem, { rank, width: rank });
    const run = train(told, problem, { steps: limit, optimizer: scaledGd() });
    known.push(stepsTo(run, () => told, target, unseen));
    const fit = fitLowRank(problem, { steps: limit });
    found.push(stepsTo(fit, () => fit.model, target, unseen));
    if (fit.rank === rank) right++;
  }
  const ratios = found.map((steps, seed) => steps / known[seed]).filter((x) => !Number.isNaN(x));
  console.error(rows, cols, rank, condition, known.join(), found.join(), right);
  const reached = (steps) => steps.filter(Number.isFinite).length;
  return [
    `${rows} x ${cols}, rank ${rank}, ${100 * share} %`,
    condition,
    `${median(known)} (${reached(known)} of ${seeds})`,
    `${median(found)} (${reached(found)} of ${seeds})`,
    median(ratios).toFixed(2),
    Math.max(...ratios).toFixed(2),
    `${right} of ${seeds}`,
  ];
}

export function rank() {
  const shapes = [
    { rows: 60, cols: 60, rank: 3, share: 0.4 },
    { rows: 100, cols: 100, rank: 5, share: 0.3 },
    { rows: 60, cols: 200, rank: 4, share: 0.4 },
    { rows: 150, cols: 100, rank: 8, share: 0.4 },
  ];
  return {
    title:
      "Unknown rank: fitLowRank against scaledGd at the known rank, to an unseen error of 1e-6",
    columns: [
      "target",
      "condition",
      "steps, rank known (reached)",
      "steps, rank found (reached)",
      "median ratio",
      "greatest ratio",
      "rank found exactly",
    ],
    rows: shapes.flatMap((shape) => [1, 10, 1000].map((condition) => row(shape, condition))),
    remarks: `Medians over ${seeds} seeds, spectra in equal ratios; ratios by seed.`,
  };
}
