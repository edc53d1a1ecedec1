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

/** Packages of the overview, ours first; the rest has charts of its own. */
const shown = ["lowrank", "NumPy", "ml-matrix", "numpy-ts", "tfjs-backend-wasm", "jax-js"];
const milliseconds = (seconds) =>
  seconds < 1 ? `${Number((1000 * seconds).toPrecision(2))} ms` : `${seconds.toPrecision(2)} s`;

/** Speed and size in one picture: how many times lowrank's, with the figure itself beside. */
export function overviewChart({ matmul, factorizations, startup, sizes }) {
  const timed = (title, { measurements }, work) =>
    fastest(measurements)
      .filter((each) => each.work === work)
      .map(({ contender, seconds: { median } }) => ({
        ...{ title, contender, value: median, text: milliseconds(median) },
      }));
  const weighed = sizes.tables[0].rows.map(([contender, , size]) => ({
    ...{ title: "an SVD in a page", contender, value: Number(size), text: `${size} KiB` },
  }));
  const points = [
    ...timed("f32 product, 512 x 512", matmul, "f32 512"),
    ...timed("SVD, 500 x 500", factorizations, "SVD 500 x 500"),
    ...timed("start and first product", startup, "first product"),
    ...weighed,
  ].filter(({ contender }) => shown.includes(contender));
  const ours = new Map(
    points.filter(({ contender }) => contender === "lowrank").map((p) => [p.title, p.value]),
  );
  const bars = points.map((point) => ({ ...point, ratio: point.value / ours.get(point.title) }));
  const absent = [...ours.keys()].flatMap((title) =>
    shown
      .filter((name) => !bars.some((bar) => bar.title === title && bar.contender === name))
      .map((contender) => ({ title, contender })),
  );
  return svg(`Times lowrank's, less is better (${runtime})`, shown, {
    width: 760,
    height: 520,
    marginLeft: 320,
    marginRight: 70,
    x: {
      type: "log",
      domain: [0.2, 100],
      label: null,
      ticks: [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100],
    },
    y: { label: null, domain: shown, padding: 0.25 },
    fy: { label: null, domain: [...ours.keys()], padding: 0.12, axis: null },
    marks: [
      Plot.axisX({ tickFormat: String, ticks: [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100] }),
      Plot.axisFy({ anchor: "left", dx: -140, fontWeight: "bold", label: null }),
      Plot.axisY({ label: null, tickSize: 0 }),
      Plot.ruleX([1], { stroke: "#777777" }),
      Plot.barX(bars, { fy: "title", y: "contender", x1: 1, x2: "ratio", fill: "contender" }),
      Plot.dot(bars, { fy: "title", y: "contender", x: "ratio", fill: "contender", r: 5 }),
      Plot.text(absent, {
        fy: "title",
        y: "contender",
        x: 1,
        text: () => "–",
        dx: 12,
        fill: "#777777",
      }),
      Plot.text(bars, {
        ...{ fy: "title", y: "contender", x: ({ ratio }) => Math.max(ratio, 1) },
        ...{ text: "text", textAnchor: "start", dx: 9, fill: "black" },
      }),
    ],
  });
}

/** Of each contender and work on this Node, or on none, the form of the highest rate. */
function fastest(measurements) {
  const found = new Map();
  for (const each of measurements) {
    if (!each.seconds?.median || (each.runtime !== runtime && each.runtime !== "Python")) continue;
    if (each.form === "registers") continue;
    const rate = (each.operations ?? 1) / each.seconds.median / 1e9;
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
