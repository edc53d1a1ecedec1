// Questions: is the rate that `finetune` chooses as good as the best of a grid? And is Deep LoRA as good
// as LoRA, each at its best rate of the grid?

import { DeepLora, finetune, Lora } from "../../dist/lora/index.js";
import { draw, loadGlue } from "../../lab/glue.mjs";
import { loadMiniLm } from "../../lab/minilm.mjs";
import { searchRank, targetsOf } from "../harness/adapter-methods.mjs";
import { fewShot, protocol } from "../harness/few-shot.mjs";
import { mean, pairedGaps } from "../harness/paired.mjs";
import { finding } from "../harness/report.mjs";

/** What is asked of a sentence of each task, for the page. */
const tasks = {
  publications: "which of six publications a sentence of CoLA is from; accuracy on dev",
  collections: "which of three collections a sentence of STS-B is from; accuracy on dev",
  CoLA: "CoLA; Matthews correlation on dev",
};
const sizes = [
  { samples: 16, steps: 60 },
  { samples: 64, steps: 100 },
  { samples: 256, steps: 120 },
];
/** The methods as the package has them. */
const methods = {
  lora: { title: "LoRA", make: (options) => new Lora(options) },
  "deep-lora": { title: "Deep LoRA", make: (options) => new DeepLora(options) },
};
const names = Object.keys(methods);
/** Of the grid and the search; the two methods are compared on more, and not on the least samples. */
const draws = 3;
const pairedDraws = 5;
const paired = ({ samples }) => samples >= 64;
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

/** The setting of one draw. */
function drawSetting(lab, { model, task, name, samples, steps, seed }) {
  const { make } = methods[name];
  const method = make({ rank: searchRank, seed, targets: targetsOf(lab.quick) });
  // As the search multiplies, so that its rates are those of the grid.
  const usual = method.learningRate;
  return {
    ...{ model, task, name, samples, seed, make, method, usual },
    grid: [usual / 3 / 3, usual / 3, usual, usual * 3, usual * 3 * 3],
    examples: draw(task.pool, lab.quick ? 8 : samples, seed),
    judged: lab.quick ? task.dev.slice(0, 3) : task.dev,
    steps: lab.quick ? 1 : steps,
    label: [task.name, samples, name, seed].join("-"),
  };
}

/** One run, at one rate. */
function row(lab, setting, learningRate) {
  const { task, name, samples, seed, usual, grid, label } = setting;
  const { value, losses } = fewShot(lab, `run-${label}-${learningRate.toExponential(3)}`, {
    ...setting,
    ...{ rank: searchRank, schedule, learningRate },
  });
  return {
    ...{ task: task.name, method: name, samples, seed, learningRate },
    factor: learningRate / usual,
    inGrid: grid.includes(learningRate),
    ...{ value, lastLosses: mean(losses.slice(-10)) },
  };
}

/** The grid and the search on one draw. */
function drawRows(lab, setting) {
  const { grid, label } = setting;
  const { learningRate: chosen, tried } = chosenRate(lab, `search-${label}`, setting);
  const rates = grid.includes(chosen) ? grid : [...grid, chosen];
  return rates.map((learningRate) => ({
    ...row(lab, setting, learningRate),
    chosen: learningRate === chosen,
    shortSteps: tried.reduce((sum, [, count]) => sum + count, 0),
  }));
}

/** The best rate of the grid by its mean over the draws, and the mean at the chosen rates. */
function compared(rows) {
  const means = factors.map((factor) => {
    return { factor, value: mean(rows.filter(near(factor)).map(({ value }) => value)) };
  });
  const best = means.reduce((a, b) => (b.value > a.value ? b : a));
  const chosen = rows.filter((row) => row.chosen);
  return { means, best, chosen, value: mean(chosen.map(({ value }) => value)) };
}

/** All of one method and size: the draws of the grid, and those of the comparison at its best rate. */
function groupOf(lab, { model, task, name, size }) {
  const settingOf = (seed) => drawSetting(lab, { model, task, name, ...size, seed });
  const seeds = (from, to) =>
    Array.from({ length: lab.quick ? 1 : to - from }, (_, i) => lab.seed + 1 + from + i);
  const rows = seeds(0, draws).flatMap((seed) => drawRows(lab, settingOf(seed)));
  const { best } = compared(rows);
  const more = seeds(draws, paired(size) ? pairedDraws : draws).map((seed) => {
    const setting = settingOf(seed);
    return row(lab, setting, setting.grid[factors.indexOf(best.factor)]);
  });
  const atBest = [...rows.filter(near(best.factor)), ...more].map(({ value }) => value);
  return { name, rows, more, atBest };
}

const near = (factor) => (row) => row.inGrid && Math.abs(row.factor / factor - 1) < 1e-6;

/** How near the chosen rates come to the grid's best. */
function searchFinding({ name, rows }, quick) {
  const { means, best, chosen, value } = compared(rows);
  return finding({
    quantity: `${methods[name].title}: the rate that is searched`,
    ours: `${value.toFixed(4)}; the grid's best ${best.value.toFixed(4)}`,
    ...(quick ? {} : { holds: value >= 0.97 * best.value, asked: "within 3 %" }),
    remarks:
      `chosen: ${chosen.map(({ factor }) => `x ${factor.toPrecision(2)}`).join(", ")}; grid: ` +
      means
        .map(({ factor, value }) => `x ${factor.toPrecision(2)}: ${value.toFixed(3)}`)
        .join(", "),
  });
}

/** Deep LoRA against LoRA on the same draws, each at its best rate. */
function pairedFinding(deep, plain, quick) {
  const gaps = pairedGaps(deep.atBest, plain.atBest);
  const error = gaps.deviation / Math.sqrt(gaps.count);
  return finding({
    quantity: "Deep LoRA against LoRA, each at its best rate of the grid",
    ours: `${gaps.mean.toFixed(4)} ± ${error.toFixed(4)}`,
    ...(quick ? {} : { holds: gaps.mean >= -error, asked: "level within one standard error" }),
    remarks:
      `ahead on ${gaps.wins} of ${gaps.count} draws; ` +
      `${mean(deep.atBest).toFixed(3)} and ${mean(plain.atBest).toFixed(3)}`,
  });
}

/** One experiment a task and size, so that two can run side by side, and what is done stays done. */
export const loraSearches = Object.keys(tasks).flatMap((task) =>
  sizes.map((size) => searchExperiment(task, size)),
);

function searchExperiment(taskName, size) {
  return {
    name: `lora-search-${taskName.toLowerCase()}-${size.samples}`,
    title: `Rates that are searched: ${taskName}, ${size.samples} examples`,
    source: "no paper: the rate search of `finetune`, and Deep LoRA beside LoRA",
    run(lab) {
      const model = loadMiniLm();
      const task = loadGlue(taskName);
      const groups = names.map((name) => groupOf(lab, { model, task, name, size }));
      const [plain, deep] = groups;
      return {
        setting:
          `MiniLM-L6; ${tasks[taskName]}; n = ${size.samples}, ${size.steps} steps of 16, warm-up and ` +
          `decay as the package has them, rank ${searchRank}. The grid is the method's usual rate times ` +
          `1/9, 1/3, 1, 3 and 9, and its best rate is that of the best mean over ${draws} draws, known ` +
          "from dev; the search sees the training examples alone, and chooses for each draw." +
          (paired(size) ? ` The methods are compared on ${pairedDraws} draws.` : ""),
        tables: { "": groups.flatMap(({ rows, more }) => [...rows, ...more]) },
        figures: {
          "": {
            title: "The metric over the rate, mean of the draws",
            x: { label: "rate as a multiple of the usual one", log: true },
            y: { label: "metric on dev" },
            series: groups.map(({ name, rows }) => ({
              name: methods[name].title,
              dots: true,
              points: compared(rows).means.map(({ factor, value }) => [factor, value]),
            })),
          },
        },
        findings: [
          ...groups.map((group) => searchFinding(group, lab.quick)),
          ...(paired(size) ? [pairedFinding(deep, plain, lab.quick)] : []),
        ],
      };
    },
  };
}
