// Figures of the experiments.
import * as Plot from "@observablehq/plot";
import { chartFile, palette } from "../../lab/chart.mjs";

/** More points than pixels help nobody and make the file heavy. */
const maxPoints = 300;

/**
 * Lines over one abscissa, with what the paper reports drawn in grey beside them.
 *
 * `x` and `y` are { label, log? }; `series` have { name, points: [[x, y], ...], dots?, dashed? },
 * values that a logarithm does not have are left out; `references` are the paper's numbers,
 * { x or y, label }.
 *
 * @param {Record<string, any>} content
 * @param {string[]} provenance - lines for its metadata.
 */
export function figure({ title, x, y, series, references = [] }, provenance) {
  const names = series.map(({ name }) => name);
  const drawable = ([a, b]) =>
    Number.isFinite(a) && Number.isFinite(b) && (!x.log || a > 0) && (!y.log || b > 0);
  const points = series.flatMap(({ name, points, dashed = false, dots = false }) =>
    thin(points.filter(drawable)).map(([a, b]) => ({ x: a, y: b, name, dashed, dots })),
  );
  const axis = ({ label, log }, values) => ({
    label,
    type: log ? "log" : "linear",
    grid: true,
    ...(log ? { tickFormat: values.every(isPlain) ? ",~r" : "~e", ticks: 7 } : {}),
  });
  const grey = { stroke: "#555555", strokeDasharray: "2 3" };
  const beside = { fill: "#555555", textAnchor: "start", fontSize: 11 };
  const colors = new Map(names.map((name, i) => [name, palette[i % palette.length]]));
  const options = {
    ...{ width: 760, height: 400, marginLeft: 62, marginBottom: 42, marginRight: 24 },
    x: axis(
      x,
      points.map((point) => point.x),
    ),
    y: axis(
      y,
      points.map((point) => point.y),
    ),
    marks: [
      ...references.flatMap(({ x, y, label }, i) =>
        x === undefined
          ? [
              Plot.ruleY([y], grey),
              Plot.text([label], {
                ...beside,
                frameAnchor: "left",
                y,
                dy: -7,
                dx: 4,
                text: String,
              }),
            ]
          : [
              Plot.ruleX([x], grey),
              // One below the other: neighbours would lie on each other.
              Plot.text([label], {
                ...{ ...beside, frameAnchor: "top", x, dy: 8 + 14 * i, dx: 4, text: String },
              }),
            ],
      ),
      ...["", "6 4"].map((strokeDasharray) =>
        Plot.line(
          points.filter(({ dashed }) => dashed === (strokeDasharray !== "")),
          { x: "x", y: "y", stroke: "name", z: "name", strokeWidth: 2, strokeDasharray },
        ),
      ),
      Plot.dot(
        points.filter(({ dots }) => dots),
        { x: "x", y: "y", fill: "name", r: 3 },
      ),
    ],
  };
  return chartFile(title, colors, options, provenance);
}

/** Whether a number is better read without an exponent. */
const isPlain = (value) => value >= 0.001 && value < 100_000;

function thin(points) {
  const stride = Math.ceil(points.length / maxPoints);
  return points.filter((_, i) => i % stride === 0 || i === points.length - 1);
}
