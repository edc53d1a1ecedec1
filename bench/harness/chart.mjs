// The charts of docs/evidence/benchmarks.md.
import * as Plot from "@observablehq/plot";
import { chartFile } from "../../lab/chart.mjs";

const runtime = "Node 24";
/** Of Okabe and Ito (2008), told apart by the colour-blind, and in greys what is not a package. */
const colors = {
  lowrank: "#d55e00",
  "lowrank/relaxed": "#e69f00",
  NumPy: "black",
  ceiling: "#777777",
  "ceiling, relaxed": "#aaaaaa",
  "plain loops": "#bb9977",
};
const peerColors = [
  "#0072b2",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#999933",
  "#882255",
  "#332288",
  "#117733",
];

/** GFLOP/s over n, one panel a type: each contender's fastest form on Node 24. */
export function matmulChart(measurements) {
  const points = fastest(measurements).map(({ contender, dtype, size, rate }) => ({
    ...{ contender, dtype, size, rate },
  }));
  const names = ordered(points);
  const dtypes = [...new Set(points.map(({ dtype }) => dtype))].sort();
  return svg(`GFLOP/s of an n x n product, ${runtime}; ceilings are micro-kernels`, names, {
    width: 900,
    height: 420,
    marginLeft: 45,
    x: { type: "log", base: 2, label: "n", tickFormat: String, ticks: 9 },
    y: {
      type: "log",
      label: null,
      grid: true,
      domain: [0.05, 120],
      clamp: true,
      tickFormat: String,
    },
    fx: { domain: dtypes, label: null },
    marks: [
      Plot.line(points, {
        x: "size",
        y: "rate",
        fx: "dtype",
        stroke: "contender",
        strokeWidth: ({ contender }) => (contender === "lowrank" ? 3 : 1.5),
        z: "contender",
      }),
      Plot.dot(points, { x: "size", y: "rate", fx: "dtype", fill: "contender", r: 2.5 }),
    ],
  });
}

/** Times relative to NumPy's, one row a factorization. */
export function factorizationChart(measurements) {
  const all = fastest(measurements).filter(({ role }) => role !== "ceiling");
  const reference = new Map(
    all.filter(({ role }) => role === "native").map(({ work, rate }) => [work, rate]),
  );
  const points = all
    .filter(({ role, work }) => role !== "native" && reference.has(work))
    .map(({ contender, work, rate }) => ({ contender, work, ratio: reference.get(work) / rate }));
  return svg(`Time relative to NumPy's, ${runtime}`, ordered(points), {
    width: 900,
    height: 380,
    marginLeft: 200,
    x: { type: "log", label: "times NumPy's time", grid: true, tickFormat: String },
    y: { label: null, domain: [...new Set(points.map(({ work }) => work))] },
    marks: [
      Plot.ruleX([1]),
      Plot.dot(points, {
        x: "ratio",
        y: "work",
        fill: "contender",
        r: ({ contender }) => (contender === "lowrank" ? 7 : 5),
      }),
    ],
  });
}

/** Of each contender and work on this Node, or on none, the form of the highest rate. */
function fastest(measurements) {
  const found = new Map();
  for (const each of measurements) {
    if (!each.seconds || (each.runtime !== runtime && each.runtime !== "Python")) continue;
    if (each.form === "registers") continue;
    const rate = each.operations / each.seconds.median / 1e9;
    const key = `${each.contender} ${each.work}`;
    if (!(found.get(key)?.rate >= rate)) found.set(key, { ...each, rate });
  }
  return [...found.values()];
}

/** Ours first, then the others as they come. */
function ordered(points) {
  return [...new Set(points.map(({ contender }) => contender))];
}

function svg(title, names, options) {
  const peers = names.filter((name) => !(name in colors));
  const colorOf = (name) => colors[name] ?? peerColors[peers.indexOf(name) % peerColors.length];
  const colored = new Map(names.map((name) => [name, colorOf(name)]));
  return chartFile(title, colored, { marginBottom: 44, marginRight: 30, ...options });
}
