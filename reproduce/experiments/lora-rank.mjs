// Question: does Deep LoRA keep its value as the rank grows, while LoRA falls? What rank is learned?

import { loadGlue } from "../../lab/glue.mjs";
import { loadMiniLm } from "../../lab/minilm.mjs";
import { methods } from "../harness/adapter-methods.mjs";
import { compare, dataOf, meanAndDeviation, valuesOf } from "../harness/comparison.mjs";
import { mean } from "../harness/paired.mjs";
import { finding } from "../harness/report.mjs";

const names = ["lora-paper", "lora", "deep-lora", "deep-lora-scaled"];
/** The paper's means by rank; its Deep LoRA is narrow and random. */
const published = {
  "lora-paper": { 2: 0.5903, 4: 0.568, 8: 0.539, 16: 0.5239, 32: 0.456, 64: 0.1753 },
  "deep-lora": { 2: 0.5898, 4: 0.6421, 8: 0.635, 16: 0.6519, 32: 0.6596, 64: 0.6666 },
};

export default {
  name: "lora-rank",
  state: "lora",
  title: "The rank of the adapter",
  source: "CD, figures of varying and learned ranks (fewshot_stsb_varying_rank, fewshot_256_ranks)",
  run(lab) {
    const task = loadGlue("STS-B");
    const model = loadMiniLm();
    const ranks = lab.quick ? [2, 4] : [2, 8, 16, 64];
    const [samples, steps, draws] = lab.quick ? [2, 1, 2] : [64, 100, 5];
    const rows = ranks.flatMap((rank) =>
      compare(lab, { model, task, names, samples, steps, draws, rank }),
    );
    const of = (method, rank) => rows.filter((row) => row.method === method && row.rank === rank);
    const value = (method, rank) => mean(valuesOf(of(method, rank), method));
    const [first, last] = [ranks[0], ranks.at(-1)];
    return {
      setting:
        `STS-B, n = ${samples}, ${steps} steps, ${draws} draws, ranks ${ranks.join(", ")}, the ` +
        "rates of rank 8 for all but where the name says so (an Adam step moves a core of width r by " +
        "up to rate x r); the head is trained. A learned rank counts the singular values " +
        "above a thousandth of the largest, and is 0 where that is at most 1e-3.",
      tables: {
        "": dataOf(rows, "Pearson"),
        learned: rows.flatMap(({ method, rank, seed, ranks, sizes }) =>
          ranks.map((learned, matrix) => ({
            ...{ method, rank, seed, matrix, learned, largestSingularValue: sizes[matrix] },
          })),
        ),
      },
      figures: {
        "": {
          title: "Pearson over the rank, mean of the draws",
          x: { label: "rank", log: true },
          y: { label: "Pearson on dev" },
          series: names.map((method) => ({
            name: methods[method].title,
            dots: true,
            points: ranks.map((rank) => [rank, value(method, rank)]),
          })),
        },
        learned: {
          title: "Mean learned rank of the matrices over the rank",
          x: { label: "rank", log: true },
          y: { label: "mean learned rank", log: true },
          series: names.map((method) => ({
            name: methods[method].title,
            dots: true,
            points: ranks.map((rank) => [
              rank,
              mean(of(method, rank).flatMap(({ ranks }) => ranks)),
            ]),
          })),
        },
      },
      findings: [
        ...names.map((method) =>
          finding({
            quantity: `${methods[method].title}: Pearson at rank ${ranks.join("; ")}`,
            theirs: published[method] && ranks.map((r) => published[method][r] ?? "").join("; "),
            ours: ranks
              .map((rank) => meanAndDeviation(valuesOf(of(method, rank), method)))
              .join("; "),
          }),
        ),
        ...names.map((method) =>
          finding({
            quantity: `${methods[method].title}: from rank ${first} to ${last}`,
            theirs:
              published[method] &&
              (published[method][last] - published[method][first] || undefined)?.toFixed(4),
            ours: (value(method, last) - value(method, first)).toFixed(4),
          }),
        ),
        ...names.map((method) =>
          finding({
            quantity: `${methods[method].title}: mean learned rank at rank ${ranks.join("; ")}`,
            ours: ranks
              .map((rank) => mean(of(method, rank).flatMap(({ ranks }) => ranks)).toFixed(1))
              .join("; "),
          }),
        ),
      ],
    };
  },
};
