// Question: at which rate is each method at its best on a task? Asked of a slice of the training
// examples.

import { draw, loadGlue } from "../../lab/glue.mjs";
import { loadMiniLm } from "../../lab/minilm.mjs";
import {
  methods,
  ratesExperiment,
  searched,
  searchFactors,
  searchRank,
} from "../harness/adapter-methods.mjs";
import { fewShot } from "../harness/few-shot.mjs";
import { mean } from "../harness/paired.mjs";
import { finding } from "../harness/report.mjs";

/** Draws of the search begin here; those of the comparisons stay below. */
const firstSeed = 1_000_000;

/**
 * Rows of `attempt` for the factors of the search, and beyond them while one at an end is better than
 * all others.
 *
 * @param extensions - at most so many more.
 */
function search(attempt, { scoreOf, extensions }) {
  const factors = [...searchFactors];
  const rows = factors.map(attempt);
  for (let i = 0; i < extensions; i++) {
    const best = bestOf(rows, scoreOf);
    if (rows.some((row) => row !== best && scoreOf(row) === scoreOf(best))) break;
    if (best === rows[0]) {
      factors.unshift(factors[0] / 3);
      rows.unshift(attempt(factors[0]));
    } else if (best === rows.at(-1)) {
      factors.push(factors.at(-1) * 3);
      rows.push(attempt(factors.at(-1)));
    } else break;
  }
  return rows;
}

const bestOf = (rows, scoreOf) => rows.reduce((a, b) => (scoreOf(b) > scoreOf(a) ? b : a));

/** The search on one task. */
function on(taskName, { name, samples, steps }) {
  return {
    name,
    title: `Rates on ${taskName}`,
    source: "CD, the released scripts (lr of each method)",
    run(lab) {
      const task = loadGlue(taskName);
      const model = loadMiniLm();
      const [count, length] = lab.quick ? [2, 1] : [samples, steps];
      const judged = lab.quick ? task.selection.slice(0, 3) : task.selection;
      const scoreOf = (row) => row[task.metricName];
      const rows = searched.flatMap((method) =>
        search(
          (factor) => {
            const learningRate = methods[method].rate * factor;
            const seed = firstSeed + lab.seed;
            const { value, losses } = fewShot(lab, `${method}-${learningRate.toExponential(1)}-0`, {
              ...{ model, task, examples: draw(task.pool, count, seed), judged },
              ...{ method, rank: searchRank, learningRate, steps: length, seed },
            });
            const lastLosses = mean(losses.slice(-10));
            return { method, learningRate, [task.metricName]: value, lastLosses };
          },
          { scoreOf, extensions: lab.quick ? 0 : 2 },
        ),
      );
      const of = (method) => rows.filter((row) => row.method === method);
      const best = (method) => bestOf(of(method), scoreOf);
      return {
        setting:
          `${taskName}, n = ${samples}, ${steps} steps, rank ${searchRank}, one draw apart from those of ` +
          `the comparisons; ${task.metricName} on ${judged.length} training examples that no run ` +
          "trains on. Of each method a third of the published rate (or PEFT's usual one), it, three " +
          "times it, and thirds or triples of these while the last one on a side is better than all " +
          "others, at most two. The loss is that of the last ten batches.",
        chosen: Object.fromEntries(searched.map((name) => [name, best(name).learningRate])),
        tables: { "": rows },
        figures: {
          "": {
            title: "The metric on the slice of the training examples over the rate",
            x: { label: "rate", log: true },
            y: { label: task.metricName },
            series: searched.map((method) => ({
              name: methods[method].title,
              dots: true,
              points: of(method).map((row) => [row.learningRate, scoreOf(row)]),
            })),
          },
        },
        findings: searched.map((method) =>
          finding({
            quantity: `rate of ${methods[method].title}`,
            theirs: method === "lora" ? undefined : String(methods[method].rate),
            ours: best(method).learningRate.toPrecision(2),
            remarks: of(method)
              .map(
                (row) =>
                  `${row.learningRate.toPrecision(2)}: ${scoreOf(row).toFixed(3)} ` +
                  `(loss ${row.lastLosses.toPrecision(2)})`,
              )
              .join(", "),
          }),
        ),
      };
    },
  };
}

/** Its rates are those of all comparisons. */
export const loraRates = on("STS-B", { name: ratesExperiment, samples: 256, steps: 150 });
/** Whether another task asks for other ones. */
export const loraRatesCola = on("CoLA", { name: "lora-rates-cola", samples: 1024, steps: 500 });
