// Question: how do a step's time and memory grow with the size: wide, compressed as the papers'
// code does it (dense residual), compressed as ours?
import { completion, compress, deepFactorization, gd, Matrix } from "../../dist/index.js";
import { denseCompletion } from "../harness/dense-completion.mjs";
import { drawMask, seeds } from "../harness/problems.mjs";
import { finding, format } from "../harness/report.mjs";
import { stepMilliseconds } from "../harness/trace.mjs";

const [rank, share] = [5, 0.2];
/** Entries per row for the last column of the table: a number that does not grow. */
const perRow = 60;

const variants = {
  // Its products are dense anyway: a dense residual is its fastest form from d = 500 up.
  wide: { make: denseCompletion, steps: (d) => (d > 1000 ? 2 : 10) },
  "compressed, dense residual": { make: denseCompletion, steps: () => 10, compressed: true },
  "compressed, ours": { make: completion, steps: () => 40, compressed: true },
  [`compressed, ours, ${perRow} entries per row`]: {
    ...{ make: completion, steps: () => 40, compressed: true, sparse: true },
  },
};

export default {
  name: "scaling",
  title: "Time and memory of a step over the size",
  source: "Neither paper has this table; CD gives one size (~5.8 times less time at d = 1000)",
  run(lab) {
    const sizes = lab.quick ? [80, 160] : [100, 200, 300, 500, 1000, 2000, 3000];
    const rows = sizes.flatMap((d) =>
      Object.entries(variants).map(([variant, settings]) => ({
        ...{ variant, d },
        ...lab.part(`${variant}-${d}`, () => {
          lab.show(`${variant}, d = ${d}`, sizes.indexOf(d), sizes.length);
          return measure(d, lab.seed, settings);
        }),
      })),
    );
    const of = (variant) => rows.filter((row) => row.variant === variant);
    const large = (variant) => of(variant).filter(({ d }) => lab.quick || d >= 300);
    const names = Object.keys(variants);
    const [, reference, ours] = names;
    const times = (variant) => of(variant).map(({ milliseconds }) => milliseconds);
    const table = (column) => names.map((name) => of(name).map((row) => format(row[column])));
    const [milliseconds, mebibytes] = [table("milliseconds"), table("mebibytes")];
    const last = sizes.length - 1;
    return {
      setting:
        `Completion of rank ${rank}, ${100 * share} % observed, depth 3, width ${2 * rank} where ` +
        "compressed, f64, the same kernels; memory of the training's WebAssembly instance; " +
        "exponents fitted from d = 300 up.",
      tables: { "": rows },
      figures: Object.fromEntries(
        [
          ["time", "milliseconds", "Milliseconds a step"],
          ["memory", "mebibytes", "MiB of a training"],
        ].map(([name, column, title]) => [
          name,
          {
            title: `${title} over the size`,
            x: { label: "d", log: true },
            y: { label: title, log: true },
            series: names.map((variant) => ({
              ...{ name: variant, dots: true },
              points: of(variant).map((row) => [row.d, row[column]]),
            })),
          },
        ]),
      ),
      findings: [
        ...names.map((variant, i) =>
          finding({
            quantity: `${variant}: ms per step (MiB) at d = ${sizes.join(", ")}`,
            ours: sizes.map((_, j) => `${milliseconds[i][j]} (${mebibytes[i][j]})`).join(", "),
            remarks:
              `time ~ d^${slope(large(variant), "milliseconds").toFixed(2)}, ` +
              `memory ~ d^${slope(large(variant), "mebibytes").toFixed(2)}`,
          }),
        ),
        ...[names[0], reference].map((variant) =>
          finding({
            quantity: `time a step at d = ${sizes[last]}, ${variant} over ours`,
            ours: format(times(variant)[last] / times(ours)[last]),
          }),
        ),
      ],
    };
  },
};

function measure(d, seed, { make, steps, compressed, sparse }) {
  const problem = make(entries(d, seed, sparse ? Math.min(1, perRow / d) : share));
  let job;
  const watched = {
    ...problem,
    bind: (made, dtype, kernels) => {
      job = made;
      return problem.bind(made, dtype, kernels);
    },
  };
  const model = deepFactorization({ shape: { rows: d, cols: d }, depth: 3, seed });
  const trained = compressed ? compress(model, watched, { rank }) : model;
  // From scale 1e-3 a small fixed rate: what a step costs does not depend on it.
  const options = { optimizer: gd({ learningRate: 1e-6 }), outerLearningRateRatio: 0.01 };
  const milliseconds = stepMilliseconds(trained, watched, options, steps(d), steps(d) > 2 ? 3 : 0);
  return { milliseconds, mebibytes: job.byteLength / 2 ** 20 };
}

/** Entries of a product of Gaussian factors: a target whose spectrum does not matter here. */
function entries(d, seed, share) {
  const part = seeds(seed);
  const [A, B] = [part.target, part.data].map((s) => Matrix.randomNormal(d, rank, { seed: s }));
  const positions = drawMask(d, share, part.mask);
  const value = (i, j) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += A.data[i * rank + k] * B.data[j * rank + k];
    return sum;
  };
  const rowIndices = Int32Array.from(positions, (p) => Math.floor(p / d));
  const colIndices = Int32Array.from(positions, (p) => p % d);
  const values = Float64Array.from(rowIndices, (i, p) => value(i, colIndices[p]));
  return { rows: d, cols: d, rowIndices, colIndices, values };
}

/** Of log(column) over log(d), by least squares. */
function slope(rows, column) {
  const x = rows.map(({ d }) => Math.log(d));
  const y = rows.map((row) => Math.log(row[column]));
  const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const products = x.map((v, i) => (v - mx) * (y[i] - my));
  return mean(products) / mean(x.map((v) => (v - mx) ** 2));
}
