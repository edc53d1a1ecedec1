// Question: is the rate that `finetune` chooses as good as the best of a grid?

import { DeepLora, finetune, Lora } from "../../dist/lora/index.js";
import { draw, loadGlue } from "../../lab/glue.mjs";
import { loadMiniLm } from "../../lab/minilm.mjs";
import { searchRank, targetsOf } from "../harness/adapter-methods.mjs";
import { fewShot, protocol } from "../harness/few-shot.mjs";
import { mean } from "../harness/paired.mjs";
import { finding } from "../harness/report.mjs";

const tasks = ["publications", "collections", "CoLA"];
const sizes = [
  { samples: 16, steps: 60 },
  { samples: 64, steps: 100 },
  { samples: 256, steps: 200 },
];
/** The methods as the package has them. */
const methods = {
  lora: { title: "LoRA", make: (options) => new Lora(options) },
  "deep-lora": { title: "Deep LoRA", make: (options) => new DeepLora(options) },
};
const names = Object.keys(methods);
const draws = 3;
/** The grid, as factors of the method's usual rate; those of the search are the same to the bit. */
const factors = [1 / 9, 1 / 3, 1, 3, 9];
/** The package's own warm-up and decay. */
const schedule = {};

/** The rate that the search before a run finds, and the steps of its short runs. */
function chosenRate(lab, name, { model, task, examples, method, steps, seed }) {
  return lab.part(name, () => {
    const options = { ...protocol, method, task: task.task, steps, seed };
    const tried = new Map();
    for (const { phase, step, learningRate } of finetune(model, examples, options)) {
      if (phase === "training") return { learningRate, tried: [...tried] };
      tried.set(learningRate, (tried.get(learningRate) ?? 0) + 1);
      lab.show(name, step, steps);
    }
    throw new Error(`${name}: the run has no step`);
  });
}

/** The grid and the search on one draw: rows { rate, value, chosen }. */
function drawRows(lab, { model, task, name, samples, steps, seed }) {
  const examples = draw(task.pool, lab.quick ? 8 : samples, seed);
  const judged = lab.quick ? task.dev.slice(0, 3) : task.dev;
  const targets = targetsOf(lab.quick);
  const { make } = methods[name];
  const method = make({ rank: searchRank, seed, targets });
  const length = lab.quick ? 1 : steps;
  const label = [task.name, samples, name, seed].join("-");
  const search = { model, task, examples, method, steps: length, seed };
  const { learningRate: chosen, tried } = chosenRate(lab, `search-${label}`, search);
  // As the search multiplies, so that its rates are those of the grid.
  const usual = method.learningRate;
  const grid = [usual / 3 / 3, usual / 3, usual, usual * 3, usual * 3 * 3];
  const rates = grid.includes(chosen) ? grid : [...grid, chosen];
  return rates.map((learningRate) => {
    const { value, losses } = fewShot(lab, `run-${label}-${learningRate.toExponential(3)}`, {
      ...{ model, task, examples, judged, make, rank: searchRank, schedule },
      ...{ learningRate, steps: length, seed },
    });
    return {
      ...{ task: task.name, method: name, samples, seed, learningRate },
      factor: learningRate / usual,
      inGrid: grid.includes(learningRate),
      chosen: learningRate === chosen,
      shortSteps: tried.reduce((sum, [, count]) => sum + count, 0),
      ...{ value, lastLosses: mean(losses.slice(-10)) },
    };
  });
}

/** The best rate of the grid by its mean over the draws, and the mean at the chosen rates. */
function compared(rows) {
  const means = factors.map((factor) => {
    const near = (row) => row.inGrid && Math.abs(row.factor / factor - 1) < 1e-6;
    return { factor, value: mean(rows.filter(near).map(({ value }) => value)) };
  });
  const best = means.reduce((a, b) => (b.value > a.value ? b : a));
  const chosen = rows.filter((row) => row.chosen);
  return { means, best, chosen, value: mean(chosen.map(({ value }) => value)) };
}

export default {
  name: "lora-search",
  title: "Rates that are chosen",
  source: "no paper: the rate search of `finetune`",
  run(lab) {
    const model = loadMiniLm();
    const few = (list) => (lab.quick ? list.slice(0, 1) : list);
    const seeds = Array.from({ length: lab.quick ? 1 : draws }, (_, i) => lab.seed + 1 + i);
    const groups = names.flatMap((name) =>
      few(tasks).flatMap((taskName) =>
        few(sizes).map(({ samples, steps }) => {
          const task = loadGlue(taskName);
          const rows = seeds.flatMap((seed) =>
            drawRows(lab, { model, task, name, samples, steps, seed }),
          );
          return { title: `${taskName}, n = ${samples}: ${methods[name].title}`, rows };
        }),
      ),
    );
    return {
      setting:
        "MiniLM-L6; which of six publications a sentence of CoLA is from, which of three collections a " +
        `sentence of STS-B is from, and CoLA; n = ${sizes.map((size) => size.samples).join(", ")} ` +
        `with ${sizes.map((size) => size.steps).join(", ")} steps of 16, warm-up and decay as the ` +
        `package has them, rank ${searchRank}, ${draws} draws; on dev, Matthews of CoLA and accuracy. ` +
        "The grid is the method's usual rate times 1/9, 1/3, 1, 3 and 9, and its best rate is that of " +
        "the best mean over the draws, known from dev; the search sees the training examples alone, " +
        "and chooses for each draw.",
      tables: { "": groups.flatMap(({ rows }) => rows) },
      figures: {
        "": {
          title: "The metric over the rate, mean of the draws",
          x: { label: "rate as a multiple of the usual one", log: true },
          y: { label: "accuracy, or Matthews" },
          series: groups.map(({ title, rows }) => ({
            name: title,
            dots: true,
            points: compared(rows).means.map(({ factor, value }) => [factor, value]),
          })),
        },
      },
      findings: groups.map(({ title, rows }) => {
        const { means, best, chosen, value } = compared(rows);
        return finding({
          quantity: title,
          ours: `${value.toFixed(4)} at the chosen rates, ${best.value.toFixed(4)} at the grid's best`,
          remarks:
            `${(value - best.value).toFixed(4)}; chosen: ` +
            `${chosen.map(({ factor }) => `x ${factor.toPrecision(2)}`).join(", ")}; grid: ` +
            means
              .map(({ factor, value }) => `x ${factor.toPrecision(2)}: ${value.toFixed(3)}`)
              .join(", "),
        });
      }),
    };
  },
};
