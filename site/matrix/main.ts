// The program of matrix.html.
import { amount, count, duration, percent } from "../../src/cli/format.js";
import { accent, brief, draw, logTicks, muted, second, thin } from "../../src/cli/report/draw.js";
import { type Html, html } from "../../src/cli/report/html.js";
import { tiles } from "../../src/cli/report/pieces.js";
import * as Plot from "../../src/cli/report/plot-packages.js";
import { Remote } from "../shell/remote.js";
import { download, element, fileDrop, fill, ProgressBar, reveal, trying } from "../shell/ui.js";
import type { Explored, Explorer } from "./worker.js";

const worker = new Remote<Explorer>("matrix");
const progress = new ProgressBar(element("progress"), () => worker.stop());
const rank = element<HTMLInputElement>("rank");
let explored: Explored | undefined;

fileDrop(element("file"), (file) =>
  explore(async () =>
    worker.call("explore", [new Uint8Array(await file.arrayBuffer()), file.name]),
  ),
);
element("sample").addEventListener("click", () => explore(() => worker.call("exploreSample", [])));
rank.addEventListener("input", showRank);
element("save").addEventListener("click", () =>
  trying(element("problem"), async () => {
    const bytes = await worker.call("save", [Number(rank.value)]);
    download("factors.zip", bytes, "application/zip");
  }),
);

function explore(ask: () => Promise<Explored>): Promise<void> {
  return trying(element("problem"), async () => {
    reveal(element("explored"), false);
    progress.start("decomposing");
    try {
      explored = await ask();
      show(explored);
    } finally {
      progress.end();
    }
  });
}

/** The first rank whose error is not above `share`. */
const rankFor = ({ errors }: Explored, share: number) =>
  errors.findIndex((error) => error <= share);

function show(found: Explored): void {
  const { rows, cols, singularValues, explained, milliseconds, errors } = found;
  const enough = rankFor(found, 0.1);
  const most = singularValues.length;
  fill(
    element("plain"),
    html`<p>${count(rows)} rows and ${count(cols)} columns. ${
      enough >= 0
        ? html`<strong>${amount(enough, "direction")}</strong> of ${count(Math.min(rows, cols))} keep all but 10 % of it`
        : html`The first ${count(most)} directions leave ${percent(errors[most])}`
    }; the picture shows ${percent(explained[0] + explained[1])} of the variance.</p>`,
  );
  fill(
    element("tiles"),
    tiles([
      {
        what: "Size",
        value: `${count(rows)} × ${count(cols)}`,
        note: amount(rows * cols, "number"),
      },
      {
        what: "Largest singular value",
        value: brief(singularValues[0]),
        note: `smallest found: ${brief(singularValues[most - 1])}`,
      },
      { what: "Time", value: duration(milliseconds), note: "SVD and PCA, in this tab" },
    ]),
  );
  fill(element("points"), pointsPlot(found));
  fill(element("values"), valuesPlot(found));
  rank.max = String(most);
  rank.value = String(Math.max(1, Math.min(most, enough)));
  showRank();
  reveal(element("explored"));
  element("found-heading").focus({ preventScroll: true });
  element("found-heading").scrollIntoView();
}

function showRank(): void {
  if (explored === undefined) return;
  const { rows, cols, errors } = explored;
  const k = Number(rank.value);
  element("rank-value").textContent = rank.value;
  const kept = k * (rows + cols + 1);
  const size =
    kept < rows * cols
      ? `the factors hold ${percent(kept / (rows * cols))} as many numbers`
      : "the factors hold more numbers than the matrix";
  element("kept").textContent = `${percent(errors[k])} of the matrix is lost; ${size}.`;
  fill(element("errors"), errorsPlot(explored, k));
}

function pointsPlot({ points, explained }: Explored): Html {
  const groups = [...new Set(points.map(({ name }) => name))];
  const few = groups.length <= 3;
  const colour = (name: string) =>
    few ? [accent, second, "var(--good)"][groups.indexOf(name)] : accent;
  const plot = draw(
    "The rows in two dimensions",
    `${points.length} rows by their first two principal components.`,
    {
      x: { label: `first component (${percent(explained[0])})`, nice: true },
      y: { label: `second component (${percent(explained[1])})`, grid: true, nice: true },
      marks: [
        Plot.dot(points, {
          x: "x",
          y: "y",
          r: 2.5,
          fill: ({ name }) => colour(name),
          fillOpacity: 0.7,
          title: "name",
        }),
      ],
    },
  );
  return html`<figure>${plot}<figcaption>Each dot is a row, by its first two principal components.</figcaption></figure>`;
}

function valuesPlot({ singularValues }: Explored): Html {
  const values = singularValues.map((value, i) => ({ index: i + 1, value }));
  const positive = values.filter(({ value }) => value > singularValues[0] * 1e-16);
  const plot = draw(
    "Singular values",
    `${values.length} singular values, from ${brief(singularValues[0])} to ${brief(singularValues.at(-1))}.`,
    {
      x: { label: "direction", labelAnchor: "right" },
      y: {
        type: "log",
        label: "singular value",
        grid: true,
        ...logTicks(positive.map(({ value }) => value)),
      },
      marks: [
        Plot.line(thin(positive), { x: "index", y: "value", stroke: accent, strokeWidth: 2 }),
        ...(positive.length <= 60
          ? [Plot.dot(positive, { x: "index", y: "value", r: 2.5, fill: accent })]
          : []),
      ],
    },
  );
  return html`<figure>${plot}<figcaption>How strong each direction is.</figcaption></figure>`;
}

function errorsPlot({ errors }: Explored, k: number): Html {
  const points = errors.map((error, index) => ({ index, error }));
  const plot = draw(
    "Error by rank",
    `With ${k} directions ${percent(errors[k])} of the matrix is lost.`,
    {
      x: { label: "rank", labelAnchor: "right" },
      y: { label: "lost, of 1", grid: true, domain: [0, 1] },
      marks: [
        Plot.line(thin(points), { x: "index", y: "error", stroke: accent, strokeWidth: 2 }),
        Plot.ruleX([k], { stroke: second, strokeDasharray: "5 4" }),
        Plot.dot([points[k]], { x: "index", y: "error", r: 5, fill: second }),
        Plot.ruleY([0], { stroke: muted }),
      ],
    },
  );
  return html`<figure>${plot}<figcaption>What is lost when only the first directions are kept.</figcaption></figure>`;
}
