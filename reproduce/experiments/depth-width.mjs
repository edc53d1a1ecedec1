// Question: what do depth and width change in completion from a small random start?
import { completion, deepFactorization, gd } from "../../dist/index.js";
import { median } from "../../lab/statistics.mjs";
import { drawMask, gaussianTarget, observe, seeds, unseenLoss } from "../harness/problems.mjs";
import { finding, format } from "../harness/report.mjs";
import { trace } from "../harness/trace.mjs";

/** Read off their figure: unseen error at depth 2 times 1000, steps at depth 3 over 100. */
const theirUnseen = [0, 0.19, 0.44, 0.6, 0.78, 0.89, 0.97, 0.95, 1.13, 1.13];
const theirSteps = [415, 230, 195, 158, 141, 143, 134, 129, 118, 109];

export default {
  name: "depth-width",
  title: "Depth and width in completion",
  source: "CD, comparison of depths (fig_compare_depth)",
  run(lab) {
    const [d, rank, scale] = lab.quick ? [20, 2, 0.1] : [100, 10, 1e-3];
    const [share, trials] = lab.quick ? [0.6, 1] : [0.3, 3];
    const widths = lab.quick ? [4, 20] : Array.from({ length: 10 }, (_, i) => 10 * (i + 1));
    const steps = lab.quick ? 2000 : 60_000;
    const means = lab.quick ? { 2: 20, 3: 20 } : { 2: 1e2, 3: 3e2 };
    const rows = [];
    for (let seed = lab.seed; seed < lab.seed + trials; seed++) {
      const part = seeds(seed);
      const { target } = gaussianTarget(d, rank, part.target);
      const positions = drawMask(d, share, part.mask);
      const problem = completion(observe(target, positions));
      for (const depth of [2, 3]) {
        for (const width of widths) {
          const model = deepFactorization({
            ...{ shape: { rows: d, cols: d }, depth, width, scale, seed: part.model },
            initialization: "haar",
          });
          const run = trace(lab, `${depth}-${width}-${seed}`, {
            ...{ model, problem, steps, every: steps, tolerance: 1e-10 * d * d },
            optimizer: gd({ learningRate: means[depth] / d ** 2 }),
            measure: (network) => ({
              unseen: unseenLoss(network.product(), target, positions) / d ** 2,
            }),
          });
          rows.push({ seed, depth, width, steps: run.steps, unseen: run.rows.at(-1).unseen });
        }
      }
    }
    const middle = (depth, width, column) =>
      median(rows.filter((r) => r.depth === depth && r.width === width).map((r) => r[column]));
    const curve = (depth, column) => widths.map((width) => [width, middle(depth, width, column)]);
    const widest = widths.at(-1);
    return {
      setting:
        `d = ${d}, rank ${rank}, ${100 * share} % observed, scale ${scale}, step 1e2 at depth 2 ` +
        `and 3e2 at depth 3 (mean loss), to the observed loss 1e-10 or ${steps} steps, ` +
        `${trials} seeds (theirs 5), medians.`,
      tables: { "": rows },
      figures: {
        unseen: {
          title: "Unseen error over the width",
          x: { label: "width" },
          y: { label: "half the mean square over all entries, unseen" },
          series: [
            { name: "depth 2", dots: true, points: curve(2, "unseen") },
            { name: "depth 3", dots: true, points: curve(3, "unseen") },
            {
              ...{ name: "depth 2, theirs (read off)", dashed: true },
              points: lab.quick ? [] : widths.map((width, i) => [width, 1e-3 * theirUnseen[i]]),
            },
          ],
        },
        steps: {
          title: "Steps to the observed loss 1e-10 at depth 3, over the width",
          x: { label: "width" },
          y: { label: "steps" },
          series: [
            { name: "depth 3", dots: true, points: curve(3, "steps") },
            {
              ...{ name: "depth 3, theirs (read off)", dashed: true },
              points: lab.quick ? [] : widths.map((width, i) => [width, 100 * theirSteps[i]]),
            },
          ],
        },
      },
      findings: [
        finding({
          quantity: `unseen error at depth 2, width ${widest}`,
          theirs: "~1.13e-3",
          ours: format(middle(2, widest, "unseen")),
          ratio: middle(2, widest, "unseen") / 1.13e-3,
        }),
        finding({
          quantity: "unseen error at depth 3, the worst of the widths",
          theirs: "~0",
          ours: format(Math.max(...widths.map((width) => middle(3, width, "unseen")))),
        }),
        ...(lab.quick ? widths : [20, 50, 100]).map((width) => {
          const theirs = 100 * theirSteps[width / 10 - 1];
          return finding({
            quantity: `steps at depth 3, width ${width}`,
            theirs: lab.quick ? undefined : `~${theirs}`,
            ours: String(middle(3, width, "steps")),
            ratio: lab.quick ? undefined : middle(3, width, "steps") / theirs,
          });
        }),
      ],
    };
  },
};
