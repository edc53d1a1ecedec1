// Question: where Deep LoRA is behind LoRA, is it the method, its depth, or how long it is trained?

import { DeepLora, Lora } from "../../dist/lora/index.js";
import { draw, loadGlue } from "../../lab/glue.mjs";
import { loadMiniLm } from "../../lab/minilm.mjs";
import { searchRank } from "../harness/adapter-methods.mjs";
import { fewShot } from "../harness/few-shot.mjs";
import { mean, pairedGaps } from "../harness/paired.mjs";
import { finding } from "../harness/report.mjs";

const draws = 5;
const samples = 256;
/** As lora-search has them, and three times as many. */
const steps = 120;
const longer = 3 * steps;
/** The best of the grid for both methods on this task, as a multiple of the usual rate. */
const factor = 3;

const rows = {
  lora: { title: "LoRA", make: (options) => new Lora(options), steps },
  "deep-lora": { title: "Deep LoRA", make: (options) => new DeepLora(options), steps },
  "deep-lora-2": {
    title: "Deep LoRA of depth 2",
    make: (options) => new DeepLora({ ...options, depth: 2 }),
    steps,
  },
  "lora-longer": { title: "LoRA, longer", make: (options) => new Lora(options), steps: longer },
  "deep-lora-longer": {
    title: "Deep LoRA, longer",
    make: (options) => new DeepLora(options),
    steps: longer,
  },
};

export default {
  name: "lora-behind",
  title: "Where Deep LoRA is behind: depth and steps",
  source: "no paper: the task of lora-search on which the gap is largest",
  run(lab) {
    const model = loadMiniLm();
    const task = loadGlue("collections");
    const seeds = Array.from({ length: lab.quick ? 1 : draws }, (_, i) => lab.seed + 1 + i);
    const runs = Object.entries(rows).flatMap(([name, { make, steps }]) =>
      seeds.map((seed) => {
        const learningRate = factor * make({ rank: searchRank, seed }).learningRate;
        const { value, losses, ranks } = fewShot(lab, `run-${name}-${seed}`, {
          ...{ model, task, make, rank: searchRank, seed, learningRate, schedule: {} },
          examples: draw(task.pool, lab.quick ? 8 : samples, seed),
          judged: lab.quick ? task.dev.slice(0, 3) : task.dev,
          steps: lab.quick ? 1 : steps,
        });
        const trainLoss = mean(losses.slice(-10));
        return { method: name, seed, learningRate, value, trainLoss, rank: mean(ranks) };
      }),
    );
    const of = (name) => runs.filter(({ method }) => method === name);
    const values = (name) => of(name).map(({ value }) => value);
    const against = (name, base) => {
      const gaps = pairedGaps(values(name), values(base));
      const error = gaps.deviation / Math.sqrt(gaps.count);
      return finding({
        quantity: `${rows[name].title} against ${rows[base].title}`,
        ours: `${gaps.mean.toFixed(4)} ± ${error.toFixed(4)}`,
        remarks:
          `ahead on ${gaps.wins} of ${gaps.count} draws; ` +
          `${mean(values(name)).toFixed(3)} and ${mean(values(base)).toFixed(3)}; train loss ` +
          `${mean(of(name).map((run) => run.trainLoss)).toPrecision(2)} and ` +
          mean(of(base).map((run) => run.trainLoss)).toPrecision(2),
      });
    };
    return {
      setting:
        `MiniLM-L6; which of three collections a sentence of STS-B is from, accuracy on dev; n = ` +
        `${samples}, ${draws} draws, ${steps} steps of 16 and ${longer} where it says longer, warm-up and ` +
        `decay as the package has them, rank ${searchRank}, ${factor} times the usual rate.`,
      tables: { "": runs },
      figures: {
        "": {
          title: "Accuracy on dev over the training loss, a dot a draw",
          x: { label: "training loss, last ten steps", log: true },
          y: { label: "accuracy on dev" },
          series: Object.entries(rows).map(([name, { title }]) => ({
            name: title,
            dots: true,
            points: of(name).map(({ trainLoss, value }) => [trainLoss, value]),
          })),
        },
      },
      findings: [
        against("deep-lora", "lora"),
        against("deep-lora-2", "lora"),
        against("deep-lora-longer", "lora"),
        against("deep-lora-longer", "lora-longer"),
      ],
    };
  },
};
