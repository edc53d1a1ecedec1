// Question: do the top singular vectors of the outer factors find the target's before the fit?
import { completion, deepFactorization, factorization, gd, svd } from "../../dist/index.js";
import { drawMask, gaussianTarget, observe, seeds } from "../harness/problems.mjs";
import { finding, format } from "../harness/report.mjs";
import { trace } from "../harness/trace.mjs";

export default {
  name: "power-method",
  title: "Alignment of the outer factors with the target, as by a power method",
  source: "EC, figure of the power method (fig_power_method)",
  run(lab) {
    const [d, rank, scale, step] = lab.quick ? [30, 2, 0.05, 1] : [100, 10, 1e-2, 3];
    const [steps, every] = lab.quick ? [6000, 25] : [20_000, 100];
    const part = seeds(lab.seed);
    const { target } = gaussianTarget(d, rank, part.target, "spread");
    const positions = drawMask(d, lab.quick ? 0.6 : 0.3, part.mask);
    const { U, V } = svd(target);
    const problems = {
      factorization: { problem: factorization(target), learningRate: step / d ** 2 },
      completion: {
        problem: completion(observe(target, positions)),
        learningRate: step / positions.length,
      },
    };
    const curves = Object.entries(problems).map(([name, { problem, learningRate }]) => {
      const model = deepFactorization({
        ...{ shape: { rows: d, cols: d }, depth: 3, scale, seed: part.model },
        initialization: "haar",
      });
      const zero = zeroLoss(problem, target, positions);
      const { rows } = trace(lab, name, {
        ...{ model, problem, steps, every, optimizer: gd({ learningRate }) },
        measure(network) {
          const [first, , last] = network.factors();
          return { left: cosine(svd(last).U, U), right: cosine(svd(first).V, V) };
        },
        until: ({ loss }) => loss < 1e-3 * zero,
      });
      return { name, rows: rows.map((row) => ({ problem: name, ...row, share: row.loss / zero })) };
    });
    return {
      setting:
        `d = ${d}, rank ${rank}, spread singular values, depth 3, scale ${scale}, step ${step}; ` +
        "completion of 30 %. u_1 of the last factor, v_1 of the first one, against the target's.",
      tables: { "": curves.flatMap(({ rows }) => rows) },
      figures: {
        "": {
          title: "Cosines of the top singular vectors, and the loss over its start",
          x: { label: "step" },
          y: { label: "cosine; share of the loss" },
          series: curves.flatMap(({ name, rows }) => [
            { name: `${name}, u_1`, points: rows.map((r) => [r.step, r.left]) },
            { name: `${name}, v_1`, points: rows.map((r) => [r.step, r.right]) },
            { name: `${name}, loss`, dashed: true, points: rows.map((r) => [r.step, r.share]) },
          ]),
        },
      },
      findings: curves.map(({ name, rows }) => {
        // u_1 fits first, so its share of the loss is what must still be there.
        const before = rows.findLast(({ share }) => share > 0.95) ?? rows[0];
        const last = rows.at(-1);
        return finding({
          quantity: `${name}: cosines of u_1 and v_1 when 5 % of the loss is gone; at the end`,
          theirs: "rise to 1 before the fit",
          ours:
            `${format(before.left)}, ${format(before.right)} at step ${before.step}; ` +
            `${format(last.left)}, ${format(last.right)}`,
          ...(lab.quick
            ? {}
            : { holds: Math.min(before.left, before.right) > 0.9, asked: "above 0.9" }),
        });
      }),
    };
  },
};

/** |<a, b>| of the first columns. */
function cosine(A, B) {
  let sum = 0;
  for (let i = 0; i < A.rows; i++) sum += A.get(i, 0) * B.get(i, 0);
  return Math.abs(sum);
}

/** The loss at zero output. */
function zeroLoss({ measurements }, target, positions) {
  const all = measurements === target.data.length;
  const values = all ? target.data : Array.from(positions, (p) => target.data[p]);
  return values.reduce((sum, x) => sum + x * x, 0) / 2;
}
