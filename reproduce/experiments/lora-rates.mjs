// Question: at which rate is each method at its best? Asked of a slice of the training examples.
import { methods, searched, searchFactors } from "../harness/adapter-methods.mjs";
import { fewShot } from "../harness/few-shot.mjs";
import { draw, loadGlue } from "../harness/glue.mjs";
import { loadMiniLm } from "../harness/minilm.mjs";
import { mean } from "../harness/paired.mjs";
import { finding } from "../harness/report.mjs";

/** Draws of the search begin here; those of the comparisons stay below. */
const firstSeed = 1_000_000;
const rank = 8;

export default {
  name: "lora-rates",
  title: "Rates",
  source: "CD, the released scripts (lr of each method)",
  run(lab) {
    const task = loadGlue("STS-B");
    const model = loadMiniLm();
    const [samples, steps, draws] = lab.quick ? [2, 1, 1] : [256, 150, 1];
    const judged = lab.quick ? task.selection.slice(0, 3) : task.selection;
    const rows = searched.flatMap((method) =>
      searchFactors.map((factor) => {
        const learningRate = methods[method].rate * factor;
        const values = Array.from({ length: draws }, (_, i) => {
          const seed = firstSeed + lab.seed + i;
          const examples = draw(task.pool, samples, seed);
          return fewShot(lab, `${method}-${learningRate.toExponential(1)}-${i}`, {
            ...{ model, task, examples, judged, method, rank, learningRate, steps, seed },
          }).value;
        });
        return { method, learningRate, Pearson: mean(values) };
      }),
    );
    const best = (method) =>
      rows.filter((row) => row.method === method).reduce((a, b) => (b.Pearson > a.Pearson ? b : a));
    return {
      setting:
        `STS-B, n = ${samples}, ${steps} steps, rank ${rank}, ${draws} draw apart from those of ` +
        `the comparisons; Pearson on ${judged.length} training pairs that no run trains on. Three ` +
        "rates a method: a third of, exactly, and three times the published one (or PEFT's usual).",
      chosen: Object.fromEntries(searched.map((name) => [name, best(name).learningRate])),
      tables: { "": rows },
      figures: {
        "": {
          title: "Pearson on the slice of the training examples over the rate",
          x: { label: "rate", log: true },
          y: { label: "Pearson" },
          series: searched.map((method) => ({
            name: methods[method].title,
            dots: true,
            points: rows
              .filter((row) => row.method === method)
              .map((row) => [row.learningRate, row.Pearson]),
          })),
        },
      },
      findings: searched.map((method) =>
        finding({
          quantity: `rate of ${methods[method].title}`,
          theirs: method === "lora" ? undefined : String(methods[method].rate),
          ours: best(method).learningRate.toPrecision(2),
          remarks: rows
            .filter((row) => row.method === method)
            .map((row) => `${row.learningRate.toPrecision(2)}: ${row.Pearson.toFixed(3)}`)
            .join(", "),
        }),
      ),
    };
  },
};
