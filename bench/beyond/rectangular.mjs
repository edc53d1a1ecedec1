// Question: how far is a compressed run from the wide one when the target is not square?
import { compress, deepFactorization, factorization, gd, svd, train } from "../../dist/index.js";
import { lowRankTarget } from "../low-rank-data.mjs";

const rank = 2;
const depth = 3;
const scale = 0.2;
const steps = 400;
/** S = rate depth s^(2 - 2 / depth) of gradient descent, far from its limit of 2. */
const stability = 0.3;

/** sqrt(dimension) prod rho_l after each step, rho_l <- rho_l (1 - rate prod of the others²). */
function closedForm(dimension, rate) {
  let rho = scale;
  return Array.from({ length: steps + 1 }, () => {
    const gap = Math.sqrt(Math.max(0, dimension)) * rho ** depth;
    rho *= 1 - rate * rho ** (2 * (depth - 1));
    return gap;
  });
}

const distance = (A, B) => Math.sqrt(A.data.reduce((sum, a, i) => sum + (a - B.data[i]) ** 2, 0));

/** Trains both abreast and gives the distance of their products before every step and at last. */
function gaps(wide, narrow, problem, rate) {
  const options = { steps, optimizer: gd({ learningRate: rate }), outerLearningRateRatio: 0 };
  const first = train(wide, problem, options);
  const second = train(narrow, problem, options);
  const all = [];
  while (!first.next().done && !second.next().done)
    all.push(distance(wide.product(), narrow.product()));
  first.return();
  second.return();
  return all;
}

const most = (values) => values.reduce((a, b) => Math.max(a, b), 0);

function row(rows, cols) {
  const target = lowRankTarget(rows, cols, rank, 7);
  const problem = factorization(target);
  const top = svd(target).S[0];
  const norm = Math.sqrt(target.data.reduce((sum, x) => sum + x * x, 0));
  const rate = stability / (depth * Math.cbrt(top) ** (2 * depth - 2));
  const fresh = () => deepFactorization({ shape: { rows, cols }, depth, scale, seed: 3 });
  const closed = closedForm(Math.min(rows, cols) - 2 * rank, rate);
  const exact = gaps(fresh(), compress(fresh(), problem, { rank, exact: true }), problem, rate);
  const narrow = compress(fresh(), problem, { rank });
  const [frame] = svd(narrow.factors().at(rows <= cols ? -1 : 0)).S.slice(-1);
  const plain = gaps(fresh(), narrow, problem, rate);
  console.error(rows, cols, most(exact.map((gap, t) => Math.abs(gap - closed[t]))), most(plain));
  return [
    `${rows} x ${cols}`,
    closed.at(-1).toExponential(3),
    exact.at(-1).toExponential(3),
    most(exact.map((gap, t) => Math.abs(gap - closed[t]))).toExponential(0),
    (most(plain) / norm).toFixed(4),
    (plain.at(-1) / norm).toExponential(1),
    frame.toFixed(2),
  ];
}

export function rectangular() {
  const shapes = [
    [30, 30],
    [30, 60],
    [20, 100],
    [10, 300],
    [300, 10],
    [4, 120],
    [120, 4],
  ];
  return {
    title: "Rectangular targets: rank 2, depth 3, scale 0.2, 400 steps of gradient descent",
    columns: [
      "shape",
      "closed form at the end",
      "gap of the exact form",
      "greatest difference of the two",
      "width 2r: greatest gap / norm of the target",
      "at the end",
      "its frame's least singular value",
    ],
    rows: shapes.map(([rows, cols]) => row(rows, cols)),
    remarks: "Gaps are distances to the wide run's product, taken after every step.",
  };
}
