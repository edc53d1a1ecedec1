import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { escapeHtml, html } from "../../src/cli/report/html.js";
import { type ReportData, renderReport } from "../../src/cli/report/report.js";

const hostile = `<script>alert("1")</script><img src=x onerror='alert(2)'>&\0\x1b[31m`;

const data: ReportData = {
  source: "ratings.csv",
  rows: 20,
  cols: 30,
  observed: 300,
  trainRmse: 0.8,
  testRmse: 0.9,
  baselineRmse: 1,
  milliseconds: 1234,
  steps: 40,
  rank: 4,
  curve: Array.from({ length: 40 }, (_, i) => ({
    phase: i < 20 ? "search" : "refit",
    step: i,
    loss: 100 - i,
    validationRmse: i < 20 && i % 5 === 0 ? 1 - i / 100 : undefined,
  })),
  singularValues: [4, 3, 2, 1],
  errors: [-1, -0.5, 0, 0.25, 1],
  samples: [
    {
      rowId: "ann",
      rated: [{ colId: "Alien", value: 5 }],
      recommended: [{ colId: "Brazil", value: 4.5678 }],
    },
  ],
  comparison: [{ what: "Parameters", wide: "1,000", compressed: "10", ratio: "100 times fewer" }],
  command: "lowrank complete ratings.csv --report report.html",
  version: "0.1.0",
};

const parse = (page: string) => parseHTML(page).document;

test("the page shows errors, plots, recommendations and the comparison", () => {
  const document = parse(renderReport(data));
  const text = document.body.textContent;
  for (const shown of ["ratings.csv", "0.9000", "10 % better", "Row ann", "Brazil", "4.57"]) {
    expect(text).toContain(shown);
  }
  expect(document.querySelectorAll("figure svg")).toHaveLength(4);
  expect(document.querySelectorAll("tbody tr")).toHaveLength(1);
});

test("the page loads nothing and runs nothing", () => {
  const page = renderReport(data);
  expect(page).not.toMatch(/https?:|\/\/|@import|url\(|<script|<link|<iframe|\son\w+=/i);
});

test("every plot tells its title and what it shows to a screen reader", () => {
  for (const svg of parse(renderReport(data)).querySelectorAll("svg")) {
    expect(svg.getAttribute("role")).toBe("img");
    expect(svg.getAttribute("aria-label")).toBeTruthy();
    expect(svg.querySelector("title")?.textContent).toBeTruthy();
    expect(svg.querySelector("desc")?.textContent).toBeTruthy();
  }
});

test("no text of the user's becomes markup, wherever it stands", () => {
  const page = renderReport({
    ...data,
    source: hostile,
    command: hostile,
    curve: data.curve.map((point) => ({ ...point, phase: hostile })),
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
});

test("the page stands without a test set, without validation and without samples", () => {
  const page = renderReport({
    ...data,
    testRmse: null,
    baselineRmse: null,
    errors: [],
    samples: [],
    comparison: [],
    singularValues: [],
    curve: [{ phase: "biases", step: 0, loss: 0, validationRmse: undefined }],
  });
  expect(page).not.toMatch(/NaN|undefined|Infinity|null/);
});

test("html escapes what it is given and nests what it made", () => {
  expect(html`<p>${"a<b"} ${[html`<i>${1}</i>`]}</p>`.text).toBe("<p>a&lt;b <i>1</i></p>");
  expect(escapeHtml(`&<>"'`)).toBe("&amp;&lt;&gt;&quot;&#39;");
});
