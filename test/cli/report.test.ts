import fc from "fast-check";
import { parseHTML } from "linkedom";
import { expect, onTestFinished, test } from "vitest";
import { timeLeft } from "../../src/cli/progress.js";
import type { Evaluation } from "../../src/cli/ranking-summary.js";
import { type CompleteReport, completeReport } from "../../src/cli/report/complete-report.js";
import { escapeHtml, html } from "../../src/cli/report/html.js";
import { type RankingReport, rankingReport } from "../../src/cli/report/ranking-report.js";

const hostile = `<script>alert("1")</script><img src=x onerror='alert(2)'>&\0\x1b[31m`;

const data: CompleteReport = {
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
  history: Array.from({ length: 40 }, (_, i) => ({
    phase: i < 20 ? "search" : "refit",
    step: i,
    totalSteps: 40,
    loss: 100 - i,
    validationRmse: i < 20 && i % 5 === 0 ? 1 - i / 100 : undefined,
  })),
  outliers: [],
  singularValues: [4, 3, 2, 1],
  quality: {
    mae: 0.55,
    calibration: { bins: [{ count: 5, predicted: 3.5, observed: 3.25 }], error: 0.25 },
    errors: [-1, -0.5, 0, 0.25, 1],
  },
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
const figures = { ...means, ...others } as unknown as Evaluation;
const ranking: RankingReport = {
  source: "clicks.csv",
  result: {
    ...{ model: "ranking", rows: 20, cols: 30, observed: 300, milliseconds: 12 },
    ...{ ndcg10: 0.3, ndcg100: 0.4, recall20: 0.5, hitRate10: 0.8, coverage: 0.2 },
    popularity: { ndcg10: 0.15, ndcg100: 0.2, recall20: 0.3, hitRate10: 0.4, coverage: 0.1 },
  },
  evaluation: {
    ...figures,
    rows: 18,
    popularity: figures,
    standardErrors: { ndcg10: 0.0123 } as Evaluation["standardErrors"],
    groups: [{ ...figures, rows: 7, smallest: 1, largest: 4, popularity: figures }] as never,
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
    "0.0123",
    "1 to 4",
    "Brazil",
  ]) {
    expect(text).toContain(shown);
  }
  expect(document.querySelectorAll("table")).toHaveLength(2);
  const untested = { ...ranking.result.popularity, ndcg10: null, hitRate10: null };
  const result = { ...ranking.result, ...untested, popularity: untested };
  const page = rankingReport({ ...ranking, result, evaluation: undefined, samples: [] });
  expect(page).not.toMatch(/NaN|undefined|Infinity|null/);
  expect(page).not.toMatch(/https?:|\/\/|@import|url\(|<script|<link|<iframe|\son\w+=/i);
});

test("no text of the user's becomes markup on the page of a ranking", () => {
  commandLine(hostile);
  const samples = [{ rowId: hostile, rated: [], recommended: [{ colId: hostile, value: 1 }] }];
  const page = rankingReport({ ...ranking, source: hostile, samples });
  expect(parse(page).querySelectorAll("script, img")).toHaveLength(0);
  expect(page).not.toContain("<script");
  expect(page).not.toContain("\0");
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

test("the page shows errors, plots, recommendations and the comparison", () => {
  const document = parse(completeReport(data));
  const text = document.body.textContent;
  for (const shown of [
    "3.50",
    "3.25",
    "ratings.csv",
    "0.9000",
    "10 % better",
    "User ann",
    "Brazil",
    "4.57",
  ]) {
    expect(text).toContain(shown);
  }
  expect(document.querySelectorAll("figure svg")).toHaveLength(4);
  const cells = [...document.querySelectorAll("tbody tr")].map((line) => line.textContent);
  expect(cells).toHaveLength(3);
  expect(cells[0]).toBe("3.5053.25");
  expect(cells[1]).toBe("Parameters1,00010100 times fewer");
});

test("the page loads nothing and runs nothing", () => {
  const page = completeReport(data);
  expect(page).not.toMatch(/https?:|\/\/|@import|url\(|<script|<link|<iframe|\son\w+=/i);
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
            mae: a,
            calibration: { bins: [{ count: 2, predicted: b, observed: -b }], error: a },
            errors: [a, -a, ...shares.map((share) => share * a)],
          },
          singularValues: [b, b / 2, 0],
          history: data.history.map((point) => ({ ...point, loss: b, validationRmse: a })),
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
    history: [{ phase: "biases", step: 0, totalSteps: 0, loss: 0, validationRmse: undefined }],
  });
  expect(page).not.toMatch(/NaN|undefined|Infinity|null/);
});

test("html escapes what it is given and nests what it made", () => {
  expect(html`<p>${"a<b"} ${[html`<i>${1}</i>`]}</p>`.text).toBe("<p>a&lt;b <i>1</i></p>");
  expect(escapeHtml(`&<>"'`)).toBe("&amp;&lt;&gt;&quot;&#39;");
});
