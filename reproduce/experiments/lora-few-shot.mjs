// Question: does compressed Deep LoRA beat LoRA on few examples, and match full width?

import { readFileSync } from "node:fs";
import { loadGlue } from "../../lab/glue.mjs";
import { loadMiniLm } from "../../lab/minilm.mjs";
import { methods } from "../harness/adapter-methods.mjs";
import {
  compare,
  comparisonFindings,
  dataOf,
  lossFigure,
  valuesOf,
} from "../harness/comparison.mjs";
import { mean } from "../harness/paired.mjs";

/** The paper's gaps, Deep LoRA at full width less LoRA in its form, 20 seeds. */
const published = { 16: "+.0687, 18 of 20", 64: "+.0156, 15 of 20", 256: "+.0142, 19 of 20" };

function sizes({ name, samples, steps, draws, names, title, gaps }) {
  return {
    ...{ name, title, state: "lora" },
    source:
      "CD, figure of few-shot STS-B (fewshot_stsb); their Deep LoRA is 768 wide, ours as named",
    run(lab) {
      const task = loadGlue("STS-B");
      const model = loadMiniLm();
      const small = { steps: 1, draws: 2 };
      const runs = samples.map((count, i) => ({
        label: `n = ${count}`,
        rows: compare(lab, {
          ...{ model, task, names, samples: lab.quick ? 2 : count, steps: steps[i], draws },
          ...(lab.quick ? small : {}),
        }),
      }));
      const all = runs.flatMap(({ rows }) => rows);
      return {
        setting:
          `MiniLM-L6 on STS-B, n = ${samples.join(", ")} with ${steps.join(", ")} steps of 16 ` +
          `pairs, rank 8, ${draws} draws, the head trained; Pearson on dev (1,500 pairs) after the ` +
          "last step, mean ± standard deviation; gaps are paired by draw.",
        tables: { "": dataOf(all, "Pearson") },
        figures: {
          "": lossFigure(
            runs[0].rows,
            names,
            `Training loss, n = ${samples[0]}, mean of the draws`,
          ),
          ...(samples.length > 1 ? { samples: samplesFigure(runs, samples, names) } : {}),
        },
        findings: runs.flatMap(({ label, rows }, i) =>
          comparisonFindings(rows, {
            ...{ label, names },
            gaps: gaps.map(([a, b]) => [
              ...[a, b],
              a.startsWith("deep") && b === "lora-paper" ? published[samples[i]] : undefined,
            ]),
          }),
        ),
      };
    },
  };
}

function samplesFigure(runs, samples, names) {
  return {
    title: "Pearson over the number of examples, mean of the draws",
    x: { label: "examples", log: true },
    y: { label: "Pearson on dev" },
    series: names.map((method) => ({
      name: methods[method].title,
      dots: true,
      points: runs.map(({ rows }, i) => [samples[i], mean(valuesOf(rows, method))]),
    })),
  };
}

export const loraFewShot = sizes({
  name: "lora-few-shot",
  title: "STS-B with 16 examples",
  ...{ samples: [16], steps: [60], draws: 10 },
  names: [
    ...["lora-paper", "lora", "deep-lora"],
    ...["deep-lora-narrow", "deep-lora-narrow-matched"],
  ],
  gaps: [
    ["deep-lora", "lora-paper"],
    ["deep-lora", "lora"],
    ["deep-lora", "deep-lora-narrow"],
    ["deep-lora", "deep-lora-narrow-matched"],
  ],
});

/** Full width costs several times as much a step: fewer draws, the same ones. */
export const loraFullWidth = sizes({
  name: "lora-full-width",
  title: "Compressed and full width",
  ...{ samples: [64], steps: [100], draws: 5 },
  names: ["lora-paper", "deep-lora", "deep-lora-full"],
  gaps: [
    ["deep-lora", "deep-lora-full"],
    ["deep-lora-full", "lora-paper"],
  ],
});

export const loraSamples = sizes({
  name: "lora-samples",
  title: "STS-B with 64 and 256 examples",
  ...{ samples: [64, 256], steps: [100, 200], draws: 5 },
  names: ["lora-paper", "lora", "deep-lora"],
  gaps: [
    ["deep-lora", "lora-paper"],
    ["deep-lora", "lora"],
  ],
});

/** The mended recipe at a rate that another task found, beside the runs of `loraSamples`. */
export const loraMended = {
  ...{ name: "lora-mended", state: "lora" },
  title: "STS-B with the mended recipe",
  source: "the mended recipe beside the methods of lora-samples",
  run(lab) {
    const name = "deep-lora-mended";
    const others = lab.quick ? [] : ["deep-lora", "lora-paper", "lora"];
    const [samples, steps, draws] = lab.quick ? [2, 1, 2] : [64, 100, 5];
    const task = loadGlue("STS-B");
    const model = loadMiniLm();
    const rows = compare(lab, { model, task, names: [name], samples, steps, draws });
    const known = others.flatMap((method) => valuesOfSamples(method, samples));
    return {
      setting:
        `MiniLM-L6 on STS-B, n = ${samples} with ${steps} steps of 16 pairs, rank 8, ${draws} draws, the head ` +
        "trained, at the rate that CoLA found (3e-3, not searched here); Pearson on dev (1,500 pairs) after " +
        "the last step. The other methods' values on the same draws are those of lora-samples, at rates " +
        "that were searched on STS-B.",
      tables: { "": dataOf(rows, "Pearson") },
      figures: { "": lossFigure(rows, [name], `Training loss, n = ${samples}, mean of the draws`) },
      findings: comparisonFindings([...rows, ...known], {
        ...{ label: `n = ${samples}, mended`, names: [name, ...others] },
        gaps: others.map((other) => [name, other]),
      }),
    };
  },
};

/** What `loraSamples` has kept of a method: rows by draw. */
function valuesOfSamples(method, samples) {
  const path = new URL("../../docs/evidence/reproduction/lora-samples.csv", import.meta.url);
  const lines = readFileSync(path, "utf8").split("\n");
  const [header, ...rows] = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const columns = header.split(",");
  return rows
    .map((line) => Object.fromEntries(line.split(",").map((cell, i) => [columns[i], cell])))
    .filter((row) => row.method === method && Number(row.samples) === samples)
    .map(({ Pearson }) => ({ method, value: Number(Pearson) }));
}
