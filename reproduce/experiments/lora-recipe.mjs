// Questions: what keeps compressed Deep LoRA from learning CoLA, and at which rate does the mended
// recipe fit its training set?

import { DeepLora, Lora } from "../../dist/lora/index.js";
import { draw, loadGlue } from "../../lab/glue.mjs";
import { loadMiniLm } from "../../lab/minilm.mjs";
import { fewShot } from "../harness/few-shot.mjs";
import { mean } from "../harness/paired.mjs";
import { finding } from "../harness/report.mjs";

const starts = {
  invariant: {
    title: "cores 1e-3 I, the paper's bases of the first batch",
    options: { scale: 1e-3, bases: "invariant", gradientExamples: 16 },
  },
  gradient: {
    title: "cores 0.1 I, bases along the mean gradient of 256 examples",
    options: { scale: 0.1, bases: "gradient", gradientExamples: 256 },
  },
};

const epsilons = {
  fixed: { title: "epsilon 1e-6", make: withFixedEpsilon },
  scaled: { title: "epsilon scaled to the gradient", make: (options) => new DeepLora(options) },
};

/** The method as it is, with AdamW's own epsilon for every factor. */
function withFixedEpsilon(options) {
  const method = new DeepLora(options);
  const { name, learningRate, settings } = method;
  return {
    ...{ name, learningRate, settings: { ...settings, epsilon: "fixed" } },
    plan: (encoder, visit) =>
      method.plan(encoder, visit).map((layer) => ({
        ...layer,
        factors: layer.factors.map(({ epsilon, ...factor }) => factor),
      })),
    trainedTensors: () => method.trainedTensors(),
  };
}

const [samples, rank, longRun] = [1024, 8, 500];

/** The rows of an experiment: one run of CoLA for each of `recipes`, on one draw. */
function runs(lab, recipes) {
  const task = loadGlue("CoLA");
  const model = loadMiniLm();
  const seed = lab.seed + 1;
  const judged = lab.quick ? task.selection.slice(0, 3) : task.selection;
  const examples = draw(task.pool, lab.quick ? 2 : samples, seed);
  return recipes.map(({ key, make, learningRate, steps, ...row }) => {
    const length = lab.quick ? 1 : steps;
    const { losses, ...result } = fewShot(lab, `${key}-${learningRate}-${steps}`, {
      ...{ model, task, examples, judged, make, rank, learningRate, steps: length, seed },
    });
    return { ...row, learningRate, trained: length, losses, ...result };
  });
}

function recipe(start, ratio, epsilon, learningRate, steps) {
  const options = { ...starts[start].options, outerLearningRateRatio: ratio };
  return {
    key: `${start}-${ratio}-${epsilon}`,
    make: (own) => epsilons[epsilon].make({ ...own, ...options }),
    ...{ start, ratio, epsilon, learningRate, steps },
  };
}

/** Of one epoch, so that every example counts once. */
const lastLoss = (losses) => mean(losses.slice(-samples / 16));

const setting = (steps) =>
  `MiniLM-L6 on CoLA, n = ${samples}, ${steps} steps of 16 at a constant rate, rank ${rank}, depth 3, one ` +
  "draw, the head trained; the loss is the mean over the last epoch, 64 batches, before each step; a " +
  "matrix has moved where the largest singular value of its addition is above 2e-3, twice what the larger " +
  "start gives it.";

const figureOf = (title, rows, nameOf) => ({
  title,
  x: { label: "step" },
  y: { label: "training loss, mean of the 16 steps before" },
  series: rows.map((row) => ({
    name: nameOf(row),
    points: row.losses.flatMap((_, i) =>
      (i + 1) % Math.min(16, row.losses.length) === 0
        ? [[i + 1, mean(row.losses.slice(Math.max(0, i - 15), i + 1))]]
        : [],
    ),
  })),
});

const dataOf = (rows) =>
  rows.map(({ losses, ranks, sizes, value, ...row }) => ({
    ...row,
    ...{ loss: lastLoss(losses), moved: moved({ sizes }), matrices: sizes.length },
    Matthews: value,
  }));

const moved = ({ sizes }) => sizes.filter((size) => size > 2e-3).length;

export const loraFit = {
  ...{ name: "lora-fit", state: "lora-recipe" },
  title: "Fitting CoLA with the mended recipe",
  source: "CD, table of GLUE with 1,024 samples; the rate is searched here",
  run(lab) {
    const recipes = [3e-3, 1e-2, 1e-3].map((rate) =>
      recipe("gradient", 0.4, "scaled", rate, longRun),
    );
    const lora = {
      ...{ key: "lora", make: (own) => new Lora(own), learningRate: 5e-4, steps: longRun },
      start: "LoRA",
    };
    const rows = runs(lab, [...recipes, lora]);
    const nameOf = ({ start, learningRate }) =>
      `${start === "LoRA" ? "LoRA, PEFT's form" : "Deep LoRA"}, rate ${learningRate}`;
    const deep = rows.filter(({ start }) => start !== "LoRA");
    const best = Math.min(...deep.map(({ losses }) => lastLoss(losses)));
    return {
      setting: `${setting(longRun)} Deep LoRA: ${starts.gradient.title}, ratio 0.4, ${epsilons.scaled.title}.`,
      tables: { "": dataOf(rows) },
      figures: { "": figureOf("Training loss on CoLA", rows, nameOf) },
      findings: [
        ...rows.map((row) =>
          finding({
            quantity: nameOf(row),
            ours: lastLoss(row.losses).toFixed(3),
            remarks: remarksOf(row),
          }),
        ),
        finding({
          quantity: "Deep LoRA at the best of these rates",
          ours: best.toFixed(3),
          ...(lab.quick ? {} : { holds: best < 0.25, asked: "below 0.25" }),
        }),
      ],
    };
  },
};

export const loraStall = {
  ...{ name: "lora-stall", state: "lora-recipe" },
  title: "Why compressed Deep LoRA does not learn CoLA",
  source: "CD, the released settings, one changed after the other",
  run(lab) {
    const length = lab.quick ? 1 : 300;
    const changes = [
      ...[
        [0.01, "fixed"],
        [0.01, "scaled"],
        [0.4, "fixed"],
        [0.4, "scaled"],
      ],
      [1, "scaled"],
    ];
    const recipes = ["invariant", "gradient"].flatMap((start) =>
      changes.map(([ratio, epsilon]) => {
        // The run of `loraFit` is the same one, longer.
        const isFit = start === "gradient" && ratio === 0.4 && epsilon === "scaled";
        return recipe(start, ratio, epsilon, 3e-3, isFit ? longRun : 300);
      }),
    );
    const rows = runs(lab, recipes).map((row) => ({ ...row, losses: row.losses.slice(0, length) }));
    const nameOf = ({ start, ratio, epsilon }) =>
      `${starts[start].title}; ratio ${ratio}, ${epsilons[epsilon].title}`;
    return {
      setting: `${setting(300)} The cores' rate is 3e-3, that of the bases the ratio times as much.`,
      tables: { "": dataOf(rows) },
      figures: {
        "": figureOf(
          "Training loss on CoLA",
          rows,
          ({ start, ratio, epsilon }) => `${start}, ${ratio}, ${epsilon}`,
        ),
      },
      findings: rows.map((row) =>
        finding({
          quantity: nameOf(row),
          ours: lastLoss(row.losses).toFixed(3),
          remarks: remarksOf(row),
        }),
      ),
    };
  },
};

function remarksOf(row) {
  const longer = row.trained > row.losses.length ? `, after ${row.trained} steps` : "";
  return `${moved(row)} of ${row.sizes.length} matrices moved${longer}`;
}
