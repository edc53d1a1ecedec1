// Question: how do the steps of completion grow with the condition number?
import {
  completion,
  compress,
  deepFactorization,
  momentum,
  scaledGd,
  spectralCompress,
  train,
} from "../../dist/index.js";
import { median } from "../../lab/statistics.mjs";
import { geometric, relativeErrorAt, spectrumTarget, splitEntries } from "../low-rank-data.mjs";

const tolerance = 1e-6;
const seeds = 10;

/** How the singular values lie between 1 and 1 / condition. */
const spectra = {
  "equal ratios": geometric,
  "one small": (rank, condition) =>
    geometric(rank, condition).map((_, i) => (i === rank - 1 ? 1 / condition : 1)),
  "one large": (rank, condition) =>
    geometric(rank, condition).map((_, i) => (i ? 1 / condition : 1)),
  "equal steps": (rank, condition) =>
    geometric(rank, condition).map((_, i) => 1 - (i / (rank - 1)) * (1 - 1 / condition)),
};

const models = {
  "spectral, width r": (problem, rank) => spectralCompress(problem, { rank, width: rank }),
  "compressed, width 2r": (problem, rank, seed) =>
    compress(deepFactorization({ shape: problem, seed }), problem, { rank }),
};

/** Steps until the relative error on the unseen entries is below the tolerance. */
function stepsTo(makeModel, { rows, cols, rank, share }, values, seed, optimizer, limit) {
  const target = spectrumTarget(rows, cols, values, 1000 + 10 * seed);
  const { data, unseen } = splitEntries(target, share, 50 + seed);
  const problem = completion(data);
  const model = makeModel(problem, rank, seed);
  for (const { step } of train(model, problem, { steps: limit, optimizer })) {
    if (step % 2 === 0 && relativeErrorAt(model.product(), target, unseen) < tolerance) return step;
  }
  return Number.POSITIVE_INFINITY;
}

const shown = (steps) => (Number.isFinite(steps) ? steps : "not reached");

function row(name, shape, spectrum) {
  const make = models[name];
  const steps = (condition) =>
    Array.from({ length: seeds }, (_, seed) =>
      stepsTo(make, shape, spectra[spectrum](shape.rank, condition), seed, scaledGd(), 1000),
    );
  const [well, hundred, thousand] = [1, 100, 1000].map(steps);
  const ratios = thousand.map((count, seed) => count / well[seed]);
  const plain = [1, 10].map((condition) => {
    const values = spectra[spectrum](shape.rank, condition);
    const optimizer = momentum({ learningRate: "adaptive" });
    return stepsTo(make, shape, values, 0, optimizer, 20_000);
  });
  console.error(name, shape, spectrum, median(well), median(thousand), ratios.join(" "));
  return [
    name,
    `${shape.rows} x ${shape.cols}, rank ${shape.rank}, ${100 * shape.share} %`,
    spectrum,
    ...[well, hundred, thousand].map((counts) => shown(median(counts))),
    median(ratios).toFixed(2),
    `${thousand.filter(Number.isFinite).length} of ${seeds}`,
    ...plain.map(shown),
  ];
}

export function conditioned() {
  const shapes = [
    { rows: 60, cols: 60, rank: 3, share: 0.4 },
    { rows: 100, cols: 100, rank: 5, share: 0.3 },
    { rows: 60, cols: 200, rank: 4, share: 0.4 },
  ];
  const rows = [];
  for (const name of Object.keys(models)) {
    for (const shape of shapes) {
      const some = shape.rank === 3 ? Object.keys(spectra) : ["equal ratios"];
      for (const spectrum of some) rows.push(row(name, shape, spectrum));
    }
  }
  return {
    title:
      "Ill-conditioned completion: scaledGd(), depth 3, scale 1e-3, to an unseen error of 1e-6",
    columns: [
      "model",
      "target",
      "singular values",
      "steps at condition 1",
      "at 100",
      "at 1000",
      "ratio 1000 : 1",
      "reached",
      "default momentum at 1",
      "at 10",
    ],
    rows,
    remarks:
      `Medians over ${seeds} seeds; the ratio is the median of the seeds' ratios, "reached" counts ` +
      "the seeds at condition 1000 that end within 1000 steps; momentum: seed 0, at most 20,000.",
  };
}
