import fc from "fast-check";
import { parseHTML } from "linkedom";
import { expect, onTestFinished, test } from "vitest";
import { timeLeft } from "../../src/cli/progress.js";
import type { Evaluation } from "../../src/cli/ranking-summary.js";
import type { ClicksRun } from "../../src/cli/report/click-sections.js";
import { completeReport } from "../../src/cli/report/complete-report.js";
import { type FinetuneReport, finetuneReport } from "../../src/cli/report/finetune-report.js";
import { escapeHtml, html } from "../../src/cli/report/html.js";
import { rankingReport } from "../../src/cli/report/ranking-report.js";
import type { RatingsRun } from "../../src/cli/report/rating-sections.js";
import { textQuality } from "../../src/cli/text-quality.js";
import { Matrix } from "../../src/linalg/matrix.js";

const hostile = `<script>alert("1")</script><img src=x onerror='alert(2)'>&\0\x1b[31m`;

const data: RatingsRun = {
  source: "ratings.csv",
  result: {
    rows: 20,
    cols: 30,
    observed: 300,
    trainRmse: 0.8,
    testRmse: 0.9,
    baselineRmse: 1,
    milliseconds: 1234,
    steps: 40,
    stepMilliseconds: 1,
    parameters: 10,
    wideParameters: 1000,
    recommendsBy: "rating",
    heldOutNdcg10: null,
  },
  rank: 4,
  curve: Array.from({ length: 40 }, (_, i) => ({
    phase: i < 20 ? "search" : "refit",
    step: i,
    totalSteps: 40,
    loss: 100 - i,
    validationRmse: i < 20 && i % 5 === 0 ? 1 - i / 100 : undefined,
    regularization: i < 10 ? 1 : 0.5,
  })),
  outliers: [],
  singularValues: [4, 3, 2, 1],
  quality: {
    ...{ mae: 0.55, baselineMae: 0.65 },
    calibration: { bins: [{ count: 5, predicted: 3.5, observed: 3.25 }], error: 0.25 },
    errors: [-1, -0.5, 0, 0.25, 1],
    groups: [{ smallest: 2, largest: 7, count: 5, mae: 0.5678, baselineMae: 0.6789 }],
  },
  lists: undefined,
  scale: { low: 1, high: 5 },
  samples: [
    {
      rowId: "ann",
      rated: [{ colId: "Alien", value: 5 }],
      recommended: [{ colId: "Brazil", value: 4.5678 }],
    },
  ],
};

/** The command line that the pages quote. */
function commandLine(...args: string[]): void {
  const before = process.argv;
  process.argv = ["node", "lowrank", ...args];
  onTestFinished(() => {
    process.argv = before;
  });
}

const means = { ndcg10: 0.3, ndcg100: 0.4, recall20: 0.5, hitRate10: 0.8, coverage10: 0.2 };
const others = { precision10: 0.1, mrr10: 0.2, map10: 0.25, novelty10: 5 };
const hits = { hitRate1: 0.125, hitRate5: 0.6, hitRate20: 0.9 };
const figures = { ...means, ...others, ...hits } as unknown as Evaluation;
const ranking: ClicksRun = {
  source: "clicks.csv",
  result: {
    ...{ model: "ranking", rows: 20, cols: 30, observed: 300, milliseconds: 12 },
    ...{ ndcg10: 0.3, ndcg100: 0.4, recall20: 0.5, hitRate10: 0.8, coverage: 0.2 },
    popularity: { ndcg10: 0.15, ndcg100: 0.2, recall20: 0.3, hitRate10: 0.4, coverage: 0.1 },
  },
  evaluation: {
    ...figures,
    rows: 18,
    popularity: { ...figures, hitRate10: 0.4 },
    standardErrors: { ndcg10: 0.0123, hitRate10: 0.02 } as Evaluation["standardErrors"],
    groups: [
      { ...figures, rows: 7, smallest: 1, largest: 4, popularity: figures },
      { ...figures, rows: 9, smallest: 5, largest: 9, popularity: figures },
    ] as never,
  },
  model: { rank: 8 },
  samples: data.samples,
};

test("the page of a ranking shows figures beside popularity, groups of users and samples", () => {
  const document = parse(rankingReport(ranking));
  const text = document.body.textContent;
  for (const shown of [
    "clicks.csv",
    "0.3000",
    "2.00 times",
    "80 %",
    "12.5 %",
    "0.0123",
    "1 to 4",
    "Brazil",
  ]) {
    expect(text).toContain(shown);
  }
  expect(words(document)).toBe(
    "80 % of the users find something among their first 10 recommendations that they chose in the " +
      "end; among the 10 most popular items 40 % do: 2.00 times as many. Of all items 20 % are " +
      "recommended to somebody.",
  );
  expect(document.querySelectorAll("table")).toHaveLength(3);
  const untested = { ...ranking.result.popularity, ndcg10: null, hitRate10: null };
  const result = { ...ranking.result, ...untested, popularity: untested };
  const page = rankingReport({ ...ranking, result, evaluation: undefined, samples: [] });
  expect(page).not.toMatch(/NaN|undefined|Infinity|null/);
  expect(page).not.toMatch(loaded);
});

test("no text of the user's becomes markup on the page of a ranking", () => {
  commandLine(hostile);
  const samples = [{ rowId: hostile, rated: [], recommended: [{ colId: hostile, value: 1 }] }];
  const page = rankingReport({ ...ranking, source: hostile, samples });
  expect(parse(page).querySelectorAll("script, img")).toHaveLength(0);
  expect(page).not.toContain("<script");
  expect(page).not.toContain("\0");
});

const labels = ["praise", hostile, "question"];
const tuned: FinetuneReport = {
  source: "texts.tsv",
  result: {
    ...{ method: "lora", trainableParameters: 1234, steps: 40, trainLoss: 0.25 },
    ...{ metric: "accuracy", value: 0.75, secondsPerStep: 0.1 },
  },
  losses: Array.from({ length: 40 }, (_, i) => ({ step: i + 1, loss: 0.3 - i / 200 })),
  values: [
    { step: 20, value: 0.5 },
    { step: 40, value: 0.75 },
  ],
  quality: textQuality({
    task: { kind: "classification", labels },
    examples: [
      { text: "Good.", label: 0 },
      { text: "Fine.", label: 0 },
      { text: hostile, pair: "and more", label: 1 },
      { text: "Why?", label: 2 },
    ],
    scores: Matrix.from([
      [0.8, 0.1, 0.1],
      [0.6, 0.2, 0.2],
      [0.9, 0.05, 0.05],
      [0.1, 0.1, 0.8],
    ]),
    trained: [0, 0, 0, 1, 2, 2],
  }),
  spectra: [
    { name: "encoder.layer.0.attention.self.query", values: [0.5, 0.1] },
    { name: "encoder.layer.0.output.dense", values: [0.5, 1e-6] },
    { name: "encoder.layer.1.output.dense", values: [1e-6, 1e-7] },
    { name: "pooler.dense", values: [0.2, 0.1] },
  ],
};

test("the page of a fine-tuning says how often it is right, and where it is wrong", () => {
  const document = parse(finetuneReport(tuned));
  expect(words(document)).toBe(
    "It is right about 75 % of the 4 texts held out; always answering praise, the commonest class of " +
      "the training, is right about 50 %.",
  );
  const rows = (selector: string) =>
    [...document.querySelectorAll(`${selector} tbody tr`)].map((line) =>
      [...line.querySelectorAll("td")].map(({ textContent }) => textContent),
    );
  const [confusion, layers] = [...document.querySelectorAll("table.grid")].map((grid) =>
    [...grid.querySelectorAll("tbody tr")].map((line) =>
      [...line.querySelectorAll("td")].map(({ textContent }) => textContent),
    ),
  );
  expect(confusion).toEqual([
    ["2", "0", "0"],
    ["1", "0", "0"],
    ["0", "0", "1"],
  ]);
  expect(layers).toEqual([
    ["2", "1"],
    ["", "0"],
  ]);
  // In training, held out, found, right when named.
  expect(rows("table:not(.grid)")[0]).toEqual(["3", "2", "100 %", "66.7 %"]);
  expect(rows("table:not(.grid)")[1]).toEqual(["1", "1", "0 %", "–"]);
  const mistakes = [...document.querySelectorAll(".mistakes li")];
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0].textContent).toContain("| and more");
  expect(mistakes[0].textContent).toContain("taken for praise");
  expect(document.querySelectorAll("figure svg")).toHaveLength(2);
});

test("the page of a fine-tuning is safe, and stands without anything to judge by", () => {
  const page = finetuneReport(tuned);
  expect(page).not.toContain("<script");
  expect(page).not.toContain("\0");
  expect(parse(page).querySelectorAll("script, img")).toHaveLength(0);
  const bare = finetuneReport({
    ...tuned,
    result: { ...tuned.result, metric: null, value: null, secondsPerStep: null },
    ...{ losses: [], values: [], quality: undefined, spectra: [] },
  });
  expect(bare).not.toMatch(/NaN|undefined|Infinity|null/);
  expect(bare).not.toMatch(loaded);
  expect(bare).toContain("no texts to judge by");
});

test("numbers and several labels are judged in their own words", () => {
  const task = { kind: "regression" } as const;
  const numbers = textQuality({
    task,
    examples: [
      { text: "a", label: 1 },
      { text: "b", label: 3 },
    ],
    scores: Matrix.from([[1.5], [3.25]]),
    trained: [1, 3],
  });
  expect(numbers).toMatchObject({ mae: 0.375, constantMae: 1 });
  expect(words(parse(finetuneReport({ ...tuned, quality: numbers })))).toBe(
    "A typical prediction is off by 0.375, on 2 texts held out; always answering the mean label of the " +
      "training is off by 1.000.",
  );
  const several = textQuality({
    task: { kind: "multi-label", labels: ["x", "y"] },
    examples: [
      { text: "a", label: [0, 1] },
      { text: "b", label: [] },
    ],
    scores: Matrix.from([
      [0.9, 0.8],
      [0.7, 0.1],
    ]),
    trained: [[0], [1], []],
  });
  expect(several).toMatchObject({ kind: "labels", accuracy: 0.5 });
  const text = parse(finetuneReport({ ...tuned, quality: several })).body.textContent;
  expect(text).toMatch(/All labels are right for 50 % of the\s2 texts/);
  expect(text).toContain("is none, taken for x");
});

test("a model that is no better than guessing is told so", () => {
  const guess = { ...tuned.quality!, accuracy: 0.5 } as FinetuneReport["quality"];
  expect(words(parse(finetuneReport({ ...tuned, quality: guess })))).toMatch(
    /So it does not beat guessing\.$/,
  );
});

test.each([
  [0, "0 s left"],
  [8200, "9 s left"],
  [99_000, "99 s left"],
  [150_000, "3 min left"],
  [7_200_000, "2 h left"],
])("%d ms are %s", (milliseconds, text) => {
  expect(timeLeft(milliseconds)).toBe(text);
});

const parse = (page: string) => parseHTML(page).document;
/** What a page shows in plain words, on one line. */
const words = ({ body }: Document) =>
  body.querySelector(".plain")?.textContent?.replace(/\s+/g, " ").trim();
/** All that makes a browser fetch or run something; a link waits for a click. */
const loaded = /\b(src|srcset|action|data)=|@import|url\(|<script|<link|<iframe|\son\w+=/i;

test("the page shows errors, plots, recommendations and the comparison", () => {
  const document = parse(completeReport(data));
  const text = document.body.textContent;
  for (const shown of [
    "2 to 7",
    "0.5678",
    "0.2500",
    "ratings.csv",
    "0.9000",
    "User ann",
    "Brazil",
    "4.57",
  ]) {
    expect(text).toContain(shown);
  }
  expect(words(document)).toBe(
    "A typical prediction is off by 0.55, on ratings from 1 to 5; the averages of user and item " +
      "alone are off by 0.65.",
  );
  expect(document.querySelectorAll("figure svg")).toHaveLength(5);
  const cells = [...document.querySelectorAll("tbody tr")].map((line) => line.textContent);
  expect(cells).toHaveLength(3);
  expect(cells[0]).toBe("2 to 750.56780.6789");
  expect(cells[1]).toBe("Parameters1,00010100 times fewer");
  const links = [...document.querySelectorAll("nav a")];
  expect(links).toHaveLength(4);
  for (const link of links) {
    const id = link.getAttribute("href")?.replace("#", "") ?? "";
    expect(document.getElementById(id)?.tagName).toBe("H2");
  }
});

test("each candidate of the regularization is a line of its own, from its first step", () => {
  const document = parse(completeReport(data));
  const plot = document.querySelector('svg[aria-label^="Error of the candidates"]');
  const paths = [...(plot?.querySelectorAll('[data-part="line"] path') ?? [])];
  // Two lines, and the better one once more on top.
  expect(paths).toHaveLength(3);
  const starts = paths.map((path) => path.getAttribute("d")?.match(/^M([\d.]+)/)?.[1]);
  expect(new Set(starts).size).toBe(1);
});

test("axes write numbers out, without prefixes of units", () => {
  const small = completeReport({
    ...data,
    curve: data.curve.map((point) => ({ ...point, loss: 0.3 - point.step / 1000 })),
  });
  const ticks = [...parse(small).querySelectorAll('[data-part$="tick label"] text')];
  expect(ticks.length).toBeGreaterThan(20);
  for (const { textContent } of ticks) expect(textContent).toMatch(/^−?-?[\d.,]+(e-?\d+)?$/);
});

test("errors beyond the drawn ones are told, not put into the last bar", () => {
  const quality = { ...data.quality!, errors: [...new Array(2000).fill(0.5), 0.1, -0.2, 7] };
  const text = parse(completeReport({ ...data, quality })).body.textContent;
  expect(text).toContain("One error further off is not drawn");
});

test("a page does not tell the folders of a disk", () => {
  commandLine("train", "/home/ann/private/ratings.csv", "--out=/home/ann/m", "../x/y.html", "a/b");
  const page = completeReport({ ...data, source: "/home/ann/private/ratings.csv" });
  expect(page).not.toContain("ann/");
  expect(parse(page).querySelector("footer code")?.textContent).toBe(
    "lowrank train ratings.csv --out=m y.html a/b",
  );
  const sample = completeReport({ ...data, source: "the bundled sample" });
  expect(parse(sample).querySelector(".lead")?.textContent).toMatch(/^The bundled sample/);
});

test("the page loads nothing and runs nothing", () => {
  const page = completeReport(data);
  expect(page).not.toMatch(loaded);
});

test("a policy in the page lets a browser load, run and send nothing", () => {
  const policy = parse(completeReport(data))
    .querySelector('meta[http-equiv="Content-Security-Policy"]')
    ?.getAttribute("content");
  expect(policy?.split("; ")).toEqual(
    expect.arrayContaining(["default-src 'none'", "base-uri 'none'", "form-action 'none'"]),
  );
});

test("the direction of an id does not reach the text around it", () => {
  const right = "\u05d0\u05d1 (1)";
  commandLine("complete", right);
  const page = completeReport({
    ...data,
    source: right,
    samples: [
      {
        rowId: `\u202e${right}\u2069`,
        rated: [{ colId: right, value: 1 }],
        recommended: [{ colId: right, value: 2 }],
      },
    ],
  });
  const isolated = [...parse(page).querySelectorAll("bdi")].map(({ textContent }) => textContent);
  expect(isolated).toEqual([
    right,
    `\ufffd${right}\ufffd`,
    right,
    right,
    `lowrank complete ${right}`,
  ]);
  expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
});

test("the page stands for errors and values of any size, none of them among the numbers", () => {
  const size = fc.constantFrom(0, 5e-324, 1e-310, 1e-300, 1e-9, 1, 1e9, 1e150);
  fc.assert(
    fc.property(
      size,
      size,
      fc.array(fc.double({ min: -1, max: 1, noNaN: true })),
      (a, b, shares) => {
        const page = completeReport({
          ...data,
          result: { ...data.result, trainRmse: a },
          quality: {
            ...{ mae: a, baselineMae: b },
            groups: [{ smallest: 0, largest: 0, count: 1, mae: b, baselineMae: a }],
            calibration: { bins: [{ count: 2, predicted: b, observed: -b }], error: a },
            errors: [a, -a, ...shares.map((share) => share * a)],
          },
          singularValues: [b, b / 2, 0],
          curve: data.curve.map((point) => ({ ...point, loss: b, validationRmse: a })),
        });
        expect(page).not.toMatch(/NaN|undefined|Infinity/);
      },
    ),
    { numRuns: 30 },
  );
});

test("every plot tells its title and what it shows to a screen reader", () => {
  for (const svg of parse(completeReport(data)).querySelectorAll("svg")) {
    expect(svg.getAttribute("role")).toBe("img");
    expect(svg.getAttribute("aria-label")).toBeTruthy();
    expect(svg.querySelector("title")?.textContent).toBeTruthy();
    expect(svg.querySelector("desc")?.textContent).toBeTruthy();
  }
});

test("no text of the user's becomes markup, wherever it stands", () => {
  commandLine(hostile);
  const page = completeReport({
    ...data,
    source: hostile,
    outliers: [{ rowId: hostile, colId: hostile, value: 400, expected: 3.9 }],
    samples: [
      {
        rowId: hostile,
        rated: [{ colId: hostile, value: 1 }],
        recommended: [{ colId: hostile, value: 1 }],
      },
    ],
  });
  const document = parse(page);
  expect(document.querySelectorAll("script, img")).toHaveLength(0);
  expect(page).not.toContain("<script");
  expect(page).not.toContain("\0");
  expect(document.querySelector("h3")?.textContent).toContain('<script>alert("1")</script>');
  const suspect = document.querySelector("#outliers + .table tbody tr");
  expect(suspect?.textContent).toContain('<script>alert("1")</script>');
});

test("the page stands without a test set, without validation and without samples", () => {
  const page = completeReport({
    ...data,
    result: { ...data.result, testRmse: null, baselineRmse: null },
    quality: undefined,
    samples: [],
    singularValues: [],
    curve: [{ phase: "biases", step: 0, totalSteps: 0, loss: 0, validationRmse: undefined }],
  });
  expect(page).not.toMatch(/NaN|undefined|Infinity|null/);
});

test("html escapes what it is given and nests what it made", () => {
  expect(html`<p>${"a<b"} ${[html`<i>${1}</i>`]}</p>`.text).toBe("<p>a&lt;b <i>1</i></p>");
  expect(escapeHtml(`&<>"'`)).toBe("&amp;&lt;&gt;&quot;&#39;");
});
