// What must hold, as data: each target is a row { work, runtime, target, measured, bound, atMost,
// verdict } that is computed from the results of the benches. A target relative to a peer or to
// NumPy counts as met at 95 % of the best micro-kernel of the same run, where that is lower.

import { timesTheRate } from "../../lab/statistics.mjs";
import { pairs, shapeName } from "../kernels/shapes.mjs";

const ofCeiling = 0.95;
/** The spread of a median: what "never slower" can be seen to within. */
const noise = 0.98;
const nodes = ["Node 20", "Node 24"];

/**
 * @param results - by name of the bench, as they are saved; what is missing is not met.
 * @returns rows; verdict is "met", "missed", or "no reference" where a peer or NumPy is not there.
 */
export function evaluate(results) {
  const facts = Object.fromEntries(
    Object.entries(results).map(([name, { measurements }]) => [name, measurements]),
  );
  return [
    ...nodes.flatMap((runtime) => matmulTargets(facts.matmul ?? [], runtime)),
    ...relaxedTargets(facts.matmul ?? [], results.matmul?.machine),
    ...nodes.flatMap((runtime) => shapeTargets(facts.shapes ?? [], runtime)),
    ...nodes.flatMap((runtime) => factorizationTargets(facts.factorizations ?? [], runtime)),
    ...nodes.flatMap((runtime) => threadTargets(facts.threads ?? [], runtime)),
    ...startupTargets(facts.startup ?? []),
  ];
}

/** Times the best peer at each size; part of the ceiling; times NumPy. */
const matmul = [
  { dtype: "f32", sizes: [4, 8, 16], peer: 1.5, plain: true },
  { dtype: "f32", sizes: [32, 64], peer: 1.2, plain: true },
  { dtype: "f32", sizes: [128], peer: 1.2 },
  { dtype: "f32", sizes: [256], peer: 1.2, ceiling: 0.85 },
  { dtype: "f32", sizes: [512, 1024], peer: 1.2, ceiling: 0.94 },
  { dtype: "f64", sizes: [64, 128], peer: 1.2 },
  { dtype: "f64", sizes: [256], peer: 1.3, native: 0.36 },
  { dtype: "f64", sizes: [512, 1024], peer: 1.3, native: 0.36, ceiling: 0.88 },
];

function matmulTargets(all, runtime) {
  const calls = ["f32", "f64"].map((dtype) => {
    const ours = best(plainForms(at(all, `${dtype} 4`, runtime, "ours", false)));
    const measured = ours && ours.seconds.median * 1e6;
    return row(`${dtype} matmul 4`, runtime, "microseconds a call", measured, 1, { atMost: true });
  });
  const garbage = ["f32", "f64"].map((dtype) => {
    const ours = at(all, `${dtype} 4`, runtime, "ours", false);
    const measured = ours.find(({ form }) => form === "typed arrays, out")?.garbage;
    const target = "bytes of garbage a call with out";
    return row(`${dtype} matmul 4`, runtime, target, measured, 1, { atMost: true });
  });
  const rates = matmul.flatMap(({ dtype, sizes, peer, ceiling, native, plain }) =>
    sizes.flatMap((n) => {
      const work = `${dtype} ${n}`;
      const name = `${dtype} matmul ${n}`;
      const ours = best(plainForms(at(all, work, runtime, "ours", false)));
      const limit = best(tiles(at(all, work, runtime, "ceiling", false)));
      const peers = at(all, work, runtime, "peer", false);
      const rival = best(plain ? plainForms(peers) : peers);
      const numpy = best(at(all, work, "Python", "native", false));
      const rows = [];
      const versus = (what, reference, factor) =>
        rows.push(ratioRow(name, runtime, what, ours, reference, factor, limit));
      versus("times the best peer", rival, peer);
      if (native) versus("times NumPy", numpy, native);
      if (ceiling) {
        const measured = timesTheRate(ours, limit);
        rows.push(row(name, runtime, "of the micro-kernel ceiling", measured, ceiling));
      }
      return rows;
    }),
  );
  return [...calls, ...garbage, ...rates];
}

/** Against our baseline; and, like with like, against the best of all peers. */
function relaxedTargets(all, machine) {
  const runtime = "Node 24";
  return ["f32", "f64"].flatMap((dtype) => {
    const ours = (relaxed) => best(plainForms(at(all, `${dtype} 512`, runtime, "ours", relaxed)));
    const measured = timesTheRate(ours(true), ours(false));
    const bound = dtype === "f64" && machine?.avx2 && !machine.avx512 ? 1.15 : noise;
    return [row(`${dtype} matmul 512, relaxed`, runtime, "times the baseline", measured, bound)];
  });
}

function shapeTargets(all, runtime) {
  return ["f32", "f64"].flatMap((dtype) =>
    pairs.map(([ragged, regular]) => {
      const work = `${dtype} ${shapeName(ragged)}`;
      const ours = (which) =>
        at(all, work, runtime, "ours", false).find(({ form }) => form === which);
      const measured = timesTheRate(ours("ragged"), ours("regular"));
      const name = `${dtype} matmul ${shapeName(ragged)}`;
      return row(name, runtime, `times the rate of ${shapeName(regular)}`, measured, 0.8);
    }),
  );
}

const factorizations = [
  { work: "QR 1000 x 50", native: 1.5 },
  { work: "QR 512 x 512", native: 2 },
  { work: "SVD 200 x 200", native: 2.5, peers: 4 },
  { work: "SVD 500 x 500", native: 3, peers: 4 },
  { work: "SVD 2000 x 100", native: 2, peers: 4 },
  { work: "eigh 200", native: 3 },
  { work: "eigh 500", native: 3 },
  { work: "randomized SVD 1000 x 1000", native: 1.7 },
  { work: "randomized SVD 4000 x 500", native: 1.7 },
];

function factorizationTargets(all, runtime) {
  return factorizations.flatMap(({ work, native, peers }) => {
    const ours = best(at(all, work, runtime, "ours", false));
    const numpy = best(at(all, work, "Python", "native", false));
    const limit = best(tiles(at(all, work, runtime, "ceiling", false)));
    // As rates: 1 / native of NumPy's, or 95 % of the ceiling.
    const time = ratioRow(work, runtime, "times NumPy", ours, numpy, 1 / native, limit);
    const rows = [inverted(time, "times NumPy's time")];
    if (peers) {
      // Relaxed ones too: there is no arithmetic in which a factor of four would hide.
      const rivals = all.filter(
        (each) => each.work === work && each.runtime === runtime && each.role === "peer",
      );
      const rival = best(rivals.filter(({ seconds }) => seconds));
      rows.push(ratioRow(work, runtime, "times the best peer", ours, rival, peers, limit));
    }
    return rows;
  });
}

function threadTargets(all, runtime) {
  return ["f32", "f64"].map((dtype) => {
    const one = best(at(all, `${dtype} 1024`, runtime, "ours", false));
    const two = best(at(all, `${dtype} 1024`, runtime, "threads", false));
    const measured = timesTheRate(two, one);
    return row(`${dtype} matmul 1024, two threads`, runtime, "times one thread", measured, 1.7);
  });
}

function startupTargets(all) {
  const ours = at(all, "first product", "Node 24", "ours", false)[0];
  const size = all.find(({ file }) => file === "kernels.wasm")?.kibibytes;
  const time = ours && ours.seconds.median * 1e3;
  const most = { atMost: true };
  return [
    row("import to first product", "Node 24", "milliseconds", time, 10, most),
    row("kernels.wasm", "", "KiB, gzip", size, 64, most),
  ];
}

/** What was measured of a role on a work. */
function at(all, work, runtime, role, relaxed) {
  return all.filter(
    (each) =>
      each.seconds &&
      each.work === work &&
      each.runtime === runtime &&
      each.role === role &&
      each.relaxed === relaxed,
  );
}

const plainForms = (measurements) =>
  measurements.filter(({ form }) => form.startsWith("typed arrays"));
const tiles = (measurements) => measurements.filter(({ form }) => form !== "registers");

/** The one of the highest rate. */
function best(measurements) {
  return measurements.reduce(
    (found, each) => (found === undefined || rate(each) > rate(found) ? each : found),
    undefined,
  );
}

/** Operations a second, or runs a second where they are not counted; NaN where nothing is. */
function rate(measurement) {
  if (!measurement) return Number.NaN;
  return (measurement.operations ?? 1) / measurement.seconds.median;
}

/** Against `factor` times the rate of a reference, or 95 % of the ceiling where that is lower. */
function ratioRow(work, runtime, target, ours, reference, factor, limit) {
  if (ours && !reference) {
    return { work, runtime, target, measured: null, bound: factor, verdict: "no reference" };
  }
  const attainable = ofCeiling * timesTheRate(limit, reference);
  const capped = attainable < factor; // never by a ceiling that is not there
  const measured = timesTheRate(ours, reference);
  return { ...row(work, runtime, target, measured, capped ? attainable : factor), capped };
}

function inverted({ measured, bound, ...rest }, target) {
  return { ...rest, target, measured: measured && 1 / measured, bound: 1 / bound, atMost: true };
}

function row(work, runtime, target, measured, bound, { atMost = false } = {}) {
  const known = Number.isFinite(measured);
  const met = atMost ? measured <= bound : measured >= bound;
  const verdict = known && met ? "met" : "missed";
  return { work, runtime, target, measured: known ? measured : null, bound, atMost, verdict };
}
