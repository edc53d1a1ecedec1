// Figures: Observable Plot drawing into a document without a browser.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { svgFile, svgText } from "../../bench/harness/svg.mjs";

/** Of Okabe and Ito (2008), told apart by the colour-blind. */
const palette = [
  ...["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#332288", "#777777"],
];
const width = 760;
const height = 400;
const marginLeft = 62;
/** About that of a letter of the legend. */
const letterWidth = 6.5;
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
  const { document } = parseHTML("<html><body></body></html>");
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
  const labels = legend(document, title, names);
  const legendHeight = 18 * labels.rows;
  const chart = Plot.plot({
    document,
    width,
    height: height + legendHeight,
    marginTop: 62 + legendHeight,
    marginLeft,
    marginBottom: 42,
    marginRight: 24,
    style: { fontFamily: "sans-serif", fontSize: "12px", background: "white", color: "black" },
    x: axis(
      x,
      points.map((point) => point.x),
    ),
    y: axis(
      y,
      points.map((point) => point.y),
    ),
    color: { domain: names, range: names.map((_, i) => palette[i % palette.length]) },
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
  });
  // Plot puts it at the very top, where the title stands.
  const label = chart.querySelector('[aria-label="y-axis label"]');
  label?.setAttribute("transform", `translate(${4 - marginLeft},-18)`);
  chart.append(...labels.texts);
  const metadata = document.createElementNS("http://www.w3.org/2000/svg", "metadata");
  metadata.textContent = provenance.join("\n");
  chart.prepend(metadata);
  return svgFile(chart, title);
}

/** The title, and below it the names in their colours, in as many columns as the longest leaves. */
function legend(document, title, names) {
  const longest = Math.max(...names.map(({ length }) => length));
  const columns = Math.min(
    3,
    Math.max(1, Math.floor((width - 20) / (letterWidth * (longest + 3)))),
  );
  const texts = [
    svgText(document, 10, 20, title, { "font-weight": "bold", "font-size": 14, fill: "black" }),
    ...names.map((name, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const left = 10 + (column * (width - 16)) / columns;
      return svgText(document, left, 42 + 18 * row, `● ${name}`, {
        fill: palette[i % palette.length],
      });
    }),
  ];
  return { texts, rows: Math.ceil(names.length / columns) };
}

/** Whether a number is better read without an exponent. */
const isPlain = (value) => value >= 0.001 && value < 100_000;

function thin(points) {
  const stride = Math.ceil(points.length / maxPoints);
  return points.filter((_, i) => i % stride === 0 || i === points.length - 1);
}
