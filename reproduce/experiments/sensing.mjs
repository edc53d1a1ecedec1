// Question: how many steps do the wide and the spectrally initialised network take in sensing?
import { deepFactorization, gd, Matrix, sensing, spectralCompress } from "../../dist/index.js";
import { gaussianTarget, seeds } from "../harness/problems.mjs";
import { finding, format } from "../harness/report.mjs";
import { trace } from "../harness/trace.mjs";

const [depth, scale] = [3, 1e-2];

export default {
  name: "sensing",
  title: "Matrix sensing with spectral initialisation",
  source: "EC, figure of matrix sensing (fig_traj_ms)",
  run(lab) {
    const [d, rank, count, step] = lab.quick ? [20, 2, 200, 5] : [200, 5, 4000, 20];
    const [steps, every] = lab.quick ? [1500, 50] : [2200, 25];
    const part = seeds(lab.seed);
    const { target, singularValues } = gaussianTarget(d, rank, part.target, "spread");
    const problem = sensing(measure(target, count, part.data));
    const shape = { rows: d, cols: d };
    const models = {
      wide: () =>
        deepFactorization({ shape, depth, scale, seed: part.model, initialization: "haar" }),
      compressed: () => spectralCompress(problem, { rank, depth, scale }),
    };
    const size = Math.sqrt(target.data.reduce((sum, x) => sum + x * x, 0));
    const runs = Object.entries(models).map(([network, model]) => {
      const {
        rows,
        seconds,
        steps: taken,
      } = trace(lab, network, {
        ...{ model: model(), problem, steps, every, outerLearningRateRatio: 1 },
        optimizer: gd({ learningRate: step }),
        measure: (trained) => ({ error: distance(trained.product(), target) / size }),
      });
      return { network, seconds: seconds / taken, rows };
    });
    const end = ({ rows }) => rows.at(-1).error;
    // Where the error is within a tenth of its end for good.
    const reached = (run) => {
      const at = run.rows.findLastIndex(({ error }) => error > 1.1 * end(run));
      return run.rows[Math.min(at + 1, run.rows.length - 1)].step;
    };
    const [wide, compressed] = runs;
    // At depth 3 a factor follows du/dt = sigma u²: it leaves its scale after 1 / (sigma scale).
    const leaves = Math.round(count / (step * singularValues.at(-1) * scale));
    return {
      setting:
        `d = ${d}, rank ${rank}, spread singular values, ${count} Gaussian measurements of ` +
        `variance 1/m², width ${2 * rank}, depth 3, scale 1e-2, step ${step} (sum loss), one ` +
        "rate for all factors.",
      tables: {
        "": runs.flatMap(({ network, rows }) => rows.map((row) => ({ network, ...row }))),
      },
      figures: {
        "": {
          title: "Relative error over the steps",
          x: { label: "step" },
          y: { label: "|X - target| / |target|", log: true },
          series: runs.map(({ network, rows }) => ({
            name: network,
            points: rows.map((row) => [row.step, row.error]),
          })),
          references: [
            { x: 1100, label: "theirs, wide: ~1,100" },
            { x: 950, label: "theirs, compressed: ~950" },
          ],
        },
      },
      findings: [
        finding({
          quantity: "steps to the plateau, wide; compressed",
          theirs: "~1,100; ~950",
          ours: `${reached(wide)}; ${reached(compressed)}`,
          ratio: reached(wide) / reached(compressed) / (1100 / 950),
          remarks:
            "the ratio is that of wide over compressed, ours over theirs; our smallest singular " +
            `value, ${format(singularValues.at(-1))}, leaves its start after about ${leaves} steps`,
        }),
        finding({
          quantity: "relative error at the end, wide; compressed",
          theirs: "7e-6; 4e-6",
          ours: `${format(end(wide))}; ${format(end(compressed))}`,
        }),
        finding({
          quantity: "time a step, wide over compressed",
          theirs: "~1.0 (3.8 s / 22 and 3.3 s / 19)",
          ours: format(wide.seconds / compressed.seconds),
          remarks: "reading the measurements is all that counts, for both",
        }),
      ],
    };
  },
};

/** Operators with entries N(0, 1) / m, as theirs, and what they measure. */
function measure(target, count, seed) {
  const { rows, cols } = target;
  const operators = Array.from({ length: count }, (_, i) => {
    const A = Matrix.randomNormal(rows, cols, { seed: 100_000 * seed + i });
    for (let p = 0; p < A.data.length; p++) A.data[p] /= count;
    return A;
  });
  const measurements = operators.map(({ data }) =>
    data.reduce((sum, a, p) => sum + a * target.data[p], 0),
  );
  return { operators, measurements };
}

const distance = (X, target) =>
  Math.sqrt(X.data.reduce((sum, x, p) => sum + (x - target.data[p]) ** 2, 0));
