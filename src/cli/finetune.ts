import { existsSync } from "node:fs";
import { printable, quote } from "../check/describe.js";
import type { ClusterProgress } from "../cluster/coordinator.js";
import { writeFolder } from "../files/adapter-folder.js";
import { writeFileAtomically } from "../files/atomic-file.js";
import { readFile } from "../files/read-file.js";
import type { Matrix } from "../linalg/matrix.js";
import type { Adapter, Task } from "../lora/adapter.js";
import { decisions } from "../lora/decisions.js";
import { EarlyStopping } from "../lora/early-stopping.js";
import { Finetuning } from "../lora/finetune.js";
import { type Example, finetuneDefaults } from "../lora/finetune-options.js";
import { learnedRank, singularValues } from "../lora/layer-adapter.js";
import { mergeAdapter } from "../lora/merge.js";
import { type MethodName, methodNames, methods } from "../lora/methods.js";
import { adapterFileNames, saveAdapter } from "../lora/peft-files.js";
import type { TextModel } from "../lora/text-model.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import { checkExact } from "./certificate.js";
import { remark, UsageError } from "./errors.js";
import { finetuneCertified } from "./finetune-certified.js";
import { finetuneResult } from "./finetune-result.js";
import { rowsInParts } from "./in-parts.js";
import { remarksOnLabels, taskOf } from "./labels.js";
import { addLossOptions, type LossFlags, lossFlags, lossOf, usesLabels } from "./loss-options.js";
import { metricFor, metricNames } from "./metrics.js";
import { modelOption, openModel } from "./open-model.js";
import { fraction, integer, weightStorageOption } from "./options.js";
import { checkFolderOutput, checkOutputs } from "./outputs.js";
import { type Command, Option } from "./packages.js";
import { createProgress } from "./progress.js";
import { addRunOptions, checkRunFlags, onQueue, type RunFlags } from "./queue.js";
import { shownRate, startRun, usage } from "./start-run.js";
import {
  columnNames,
  examplesOf,
  labelRange,
  readTexts,
  remarksOnTexts,
  sample,
} from "./text-data.js";
import { textQuality } from "./text-quality.js";

interface Options extends LossFlags, RunFlags {
  model: string;
  train: string;
  eval?: string;
  textColumns: string;
  labelColumn?: string;
  task?: string;
  labelRange?: [number, number];
  labelSeparator: string;
  method: MethodName;
  rank: number;
  targets?: string;
  steps: number;
  batchSize: number;
  learningRate: number | "search" | "usual";
  warmupShare?: number;
  finalRateShare?: number;
  headLearningRate: number;
  freezeHead?: boolean;
  maxTokens: number;
  weightStorage: NonNullable<EncoderOptions["weightStorage"]>;
  threads: number;
  samples?: number;
  evalEvery?: number;
  patience?: number;
  metric?: string;
  seed: number;
  out?: string;
  saveRank?: number | "learned";
  certify?: boolean;
  dimension?: number;
  levels?: number;
  choices?: number;
  state?: string;
  report?: string;
  json?: boolean;
}

/** A value of the metric on the way. */
interface Evaluation {
  step: number;
  value: number;
}

/** `lowrank finetune --model DIR --train FILE ...` */
export function addFinetune(program: Command): void {
  const command = program
    .command("finetune")
    .description("adapt a text encoder to labelled sentences")
    .addOption(modelOption())
    .requiredOption("--train <file>", "CSV, tab separated text or JSON lines")
    .option("--eval <file>", "texts to judge by, in the same columns")
    .requiredOption(
      "--text-columns <a,b>",
      "one column, or two for pairs; names, or numbers from 1; a third for what is not alike",
    )
    .option("--label-column <c>", "column of the labels, unless the loss takes none")
    .addOption(
      new Option("--task <kind>", "what the labels are (default: told by the labels)").choices([
        "classification",
        "multi-label",
        "regression",
        "similarity",
      ]),
    )
    .option("--label-separator <s>", "between the labels of a text, for --task multi-label", "|")
    .option(
      "--label-range <low,high>",
      "of labels: those of a similarity become 0 .. 1; a regression stays inside",
      labelRange,
    )
    .addOption(new Option("--method <m>", "what is trained").choices(methodNames).default("lora"))
    .option("--rank <k>", "width of the adapters", integer(1, 65536), 8)
    .option("--targets <names>", "layers to adapt, as query,value (default: all but the pooler)")
    .option("--steps <n>", "updates", integer(1), 200)
    .option("--batch-size <n>", "texts in an update", integer(1), finetuneDefaults.batchSize)
    .option(
      "--learning-rate <r>",
      "AdamW's rate; search: by short runs before, a third more work; usual: the method's",
      learningRate,
      "search",
    )
    .option(
      "--warmup-share <s>",
      `share of the steps in which the rates rise evenly from 0 (default: ${finetuneDefaults.warmupShare}, or the saved run's)`,
      fraction(0, 1, true),
    )
    .option(
      "--final-rate-share <s>",
      "share of the rates that is left at the end, to which they fall evenly after " +
        `(default: ${finetuneDefaults.finalRateShare}, or the saved run's)`,
      fraction(0, 1, true),
    )
    .option(
      "--head-learning-rate <r>",
      "the head's rate",
      fraction(1e-12, 1),
      finetuneDefaults.headLearningRate,
    )
    .option("--freeze-head", "leave the head random, as the Deep LoRA paper does")
    .option("--max-tokens <n>", "longer texts are cut", integer(3), finetuneDefaults.maxTokens)
    .addOption(weightStorageOption())
    .option("--samples <n>", "train on so many texts, drawn by the seed", integer(1))
    .option("--eval-every <n>", "judge every so many steps", integer(1))
    .option("--patience <n>", "stop after this many judgements without a better one", integer(1))
    .addOption(new Option("--metric <m>", "what to judge by").choices(metricNames))
    .option("--threads <n>", "threads that share the work of a step", integer(1, 64), 1)
    .option("--seed <n>", "seed of samples, order, head and adapter", integer(0), 0)
    .option("--out <dir>", "folder for the adapter, in PEFT's layout (full: for the model)")
    .option(
      "--save-rank <k>",
      "greatest rank in PEFT's files; learned: what each matrix has learned",
      saveRank,
    )
    .option(
      "--certify",
      "train few numbers of few bits, and write what they prove beside the adapter",
    )
    .option("--dimension <d>", "numbers of --certify (default: 400)", integer(1))
    .option("--levels <n>", "values that each of them can have (default: 5)", integer(2, 256))
    .option("--choices <n>", "settings tried on these texts, which are paid for", integer(1))
    .option("--state <file>", "keep the run there, and go on from there if it exists")
    .option("--report <file.html>", "write a report page")
    .option("--json", "print one JSON object");
  addRunOptions(command);
  addLossOptions(command).action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  const labels = checkOptions(options);
  if (options.certify) checkExact(command);
  const { seed, steps, evalEvery, patience, state, out, report, json } = options;
  const loss = lossOf(options);
  const columns = columnNames(options.textColumns, 3);
  const all = readTexts(options.train, columns, options.labelColumn);
  const { labelSeparator } = options;
  const asked = options.loss === undefined ? options.task : "similarity";
  const found = taskOf(all, options.train, asked, labelSeparator);
  const ranged = found.kind === "regression" && options.labelRange !== undefined;
  const task: Task = ranged ? { ...found, range: options.labelRange! } : found;
  const labelled = (records: typeof all, file: string) =>
    examplesOf(records, task, file, options.labelRange, labelSeparator);
  const examples = sample(labelled(all, options.train), options.samples, seed);
  const evaluated = options.eval && readTexts(options.eval, columns, options.labelColumn);
  const evaluation = evaluated ? labelled(evaluated, options.eval!) : undefined;
  const { name: metricName, metric } = metricFor(task, options.metric);
  const { weightStorage } = options;
  const model = await openModel("finetune", options.model, { weightStorage });
  const targets = options.targets?.split(",");
  const ofMethod = { rank: options.rank, seed, ...(targets && { targets }) };
  const tellRemarks = () =>
    remark("finetune", [
      ...remarksOnTexts(options.train, all),
      ...(labels ? remarksOnLabels(all, task, options.train, options.task) : []),
      ...(evaluated ? remarksOnTexts(options.eval!, evaluated) : []),
    ]);
  if (options.certify) {
    const { steps, batchSize, maxTokens, rank, learningRate, freezeHead } = options;
    const { dimension, levels, choices } = options;
    return finetuneCertified({
      ...{ model, examples, evaluation, metric: { name: metricName, metric } },
      options: {
        ...{ task, method: options.method, steps, batchSize, maxTokens, rank, learningRate, seed },
        trainHead: !freezeHead,
        ...(targets && { targets }),
        ...(dimension !== undefined && { dimension }),
        ...(levels !== undefined && { levels }),
        ...(choices !== undefined && { choices }),
      },
      ...{ out: out!, json: json === true, remarks: tellRemarks },
    });
  }
  const settings = () => ({
    ...{ method: methods[options.method].make(ofMethod), task, steps, seed },
    ...(loss && { loss }),
    ...{ batchSize: options.batchSize, maxTokens: options.maxTokens },
    ...{ headLearningRate: options.headLearningRate, trainHead: !options.freezeHead },
    learningRate: options.learningRate,
    ...(options.warmupShare !== undefined && { warmupShare: options.warmupShare }),
    ...(options.finalRateShare !== undefined && { finalRateShare: options.finalRateShare }),
    ...(state !== undefined && existsSync(state) ? { resume: readFile(state) } : {}),
  });
  const tuning = await startRun(model, examples, settings, options, tellRemarks);
  tellNewHead(tuning.newTensors, model.config);

  const losses: { step: number; loss: number }[] = [];
  const values: Evaluation[] = [];
  const stopping = patience === undefined ? undefined : new EarlyStopping({ patience });
  /** Of the adapter that is kept. */
  let scores: Matrix | undefined;
  const progress = createProgress();
  /** Whether it is time to stop. */
  const judge = async (texts: readonly Example[]) => {
    const truth = texts.map(({ label }) => label!);
    const doing = { doing: "judging", threads: options.threads, progress };
    const found = await usage(() => rowsInParts(texts, doing, (some) => tuning.predict(some)));
    const value = metric(truth, decisions(found, task));
    values.push({ step: tuning.stepCount, value });
    const stop = stopping?.add(value, () => tuning.adapter()) ?? false;
    if (stopping === undefined || stopping.best?.value === value) scores = found;
    return stop;
  };
  const firstStep = tuning.stepCount;
  let seconds = 0;
  try {
    while (tuning.stepCount < steps) {
      const start = performance.now();
      const { step, loss } = await onQueue(() => usage(async () => tuning.step()));
      seconds += (performance.now() - start) / 1000;
      losses.push({ step, loss });
      progress.update(step, steps, `step ${step}, loss ${loss.toPrecision(4)}`);
      if (evalEvery === undefined || step % evalEvery !== 0) continue;
      if (state !== undefined) writeFileAtomically(state, tuning.save());
      if (evaluation && step < steps && (await judge(evaluation))) break;
    }
    if (evaluation && values.at(-1)?.step !== tuning.stepCount) await judge(evaluation);
  } finally {
    progress.stop();
    if (!(tuning instanceof Finetuning)) await tuning.terminate();
  }
  if (state !== undefined) writeFileAtomically(state, tuning.save());

  const { best } = stopping ?? {};
  const adapter = best?.adapter ?? tuning.adapter();
  const done = tuning.stepCount - firstStep;
  const value = best?.value ?? values.at(-1)?.value;
  const result = {
    ...finetuneResult(
      options.method,
      tuning,
      losses.map(({ loss }) => loss),
      evaluation && { metric: metricName, value: value! },
    ),
    secondsPerStep: done > 0 ? seconds / done : null,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    ...("clusterProgress" in tuning && queueResult(tuning.clusterProgress)),
  };
  const files: string[] = [];
  if (out !== undefined) {
    const whole = methods[options.method].trainsModel;
    const rank = options.saveRank === undefined ? {} : { rank: options.saveRank };
    writeFolder(out, whole ? mergeAdapter(model, adapter) : saveAdapter(adapter, rank));
    files.push(out);
  }
  if (report !== undefined) {
    const { finetuneReport } = await import("./report/finetune-report.js");
    const spectra = adapter.layers.map((layer) => ({
      name: layer.name,
      values: singularValues(layer),
    }));
    const trained = examples.map(({ label }) => label!);
    const quality =
      evaluation && scores && textQuality({ task, examples: evaluation, scores, trained });
    const page = finetuneReport({
      ...{ source: options.train, result, losses, values, quality, spectra },
    });
    writeFileAtomically(report, new TextEncoder().encode(page));
    files.push(report);
  }
  if (json) console.log(JSON.stringify(result));
  else print(result, options, task, adapter, files);
}

/** What the workers of a queue had to do with it. */
const queueResult = ({ run, shards, exchanges, bytes, takeovers }: ClusterProgress) => ({
  ...{ run, shards, exchanges, bytesExchanged: bytes, takeovers },
});

/** One line about the head that begins at random, and what of the model it does not use. */
function tellNewHead(tensors: readonly string[], { architectures }: TextModel["config"]): void {
  if (tensors.length === 0) return;
  const modules = new Set(tensors.map((name) => name.replace(/\.(weight|bias)$/, "")));
  const [own] = Array.isArray(architectures) ? architectures : [];
  const unused = typeof own === "string" && /For[A-Z]\w+$/.test(own);
  const rest = unused ? `; that of ${printable(own)} is not used` : "";
  remark("finetune", [`a new head begins at random: ${[...modules].join(", ")}${rest}`]);
}

/** Whether the texts have labels. @throws UsageError when options do not go together. */
function checkOptions(options: Options): boolean {
  const { out, state, report, train, eval: file, patience, evalEvery } = options;
  const { task, labelRange, labelSeparator, textColumns, labelColumn, method, saveRank } = options;
  const inputs = { "--train": train, "--eval": file };
  checkRunFlags(options);
  if (options.queue !== undefined && options.threads > 1) {
    throw new UsageError("--threads is not for --queue: workers have threads of their own");
  }
  if (options.queue !== undefined && options.certify) {
    throw new UsageError("--certify is not for --queue: it trains in one process");
  }
  checkOutputs({ "--state": state, "--report": report }, inputs);
  const { trainsModel = false } = methods[method];
  checkFolderOutput("--out", out, trainsModel ? [] : adapterFileNames, inputs);
  if (patience !== undefined && (file === undefined || evalEvery === undefined)) {
    throw new UsageError("--patience needs --eval and --eval-every");
  }
  const labels = usesLabels(options, options);
  const columns = columnNames(textColumns, labels ? 2 : 3);
  if ((task === "similarity" || options.loss !== undefined) && columns.length < 2) {
    throw new UsageError("--task similarity compares two texts: --text-columns must be two names");
  }
  if (options.loss === "triplet" && columns.length !== 3) {
    throw new UsageError("--loss triplet compares three texts: --text-columns must be three names");
  }
  if (labelSeparator === "") throw new UsageError("--label-separator is empty");
  if (columns.includes(labelColumn ?? "")) {
    throw new UsageError(
      `--label-column is ${quote(labelColumn!)}, which --text-columns names too: ` +
        "a text must not hold its label",
    );
  }
  if (labelRange !== undefined && task !== "similarity" && task !== "regression") {
    throw new UsageError("--label-range is for --task similarity or regression");
  }
  if (saveRank !== undefined && (trainsModel || out === undefined)) {
    throw new UsageError("--save-rank is for an adapter that --out writes");
  }
  checkCertify(options);
  return labels;
}

/** Options of runs that are not certified, and of those that are. */
const plainOnly = {
  ...{ state: "--state", report: "--report", patience: "--patience", evalEvery: "--eval-every" },
  ...{ saveRank: "--save-rank", warmupShare: "--warmup-share" },
  ...lossFlags,
  finalRateShare: "--final-rate-share",
  ...lossFlags,
} as const;
const certifiedOnly = {
  ...{ dimension: "--dimension", levels: "--levels", choices: "--choices" },
} as const;

function checkCertify(options: Options): void {
  const { certify, out, threads, headLearningRate } = options;
  const given = <Key extends keyof Options>(names: Readonly<Record<Key, string>>) =>
    Object.entries<string>(names).find(([key]) => options[key as Key] !== undefined)?.[1];
  if (!certify) {
    const name = given(certifiedOnly);
    if (name !== undefined) throw new UsageError(`${name} is for --certify`);
    return;
  }
  const name =
    given(plainOnly) ??
    (threads > 1 ? "--threads" : undefined) ??
    (headLearningRate !== finetuneDefaults.headLearningRate ? "--head-learning-rate" : undefined);
  if (name !== undefined) throw new UsageError(`${name} cannot be given with --certify`);
  if (out === undefined) {
    throw new UsageError("--certify needs --out: the certificate is written beside the adapter");
  }
}

/** "learned" or an integer > 0. */
function saveRank(text: string): number | "learned" {
  return text === "learned" ? text : integer(1)(text);
}

/** A number >= 1e-12, or how to find it. */
function learningRate(text: string): number | "search" | "usual" {
  return text === "search" || text === "usual" ? text : fraction(1e-12, 1)(text);
}

function print(
  result: {
    learningRate: number;
    trainableParameters: number;
    steps: number;
    trainLoss: number | null;
    metric: string | null;
    value: number | null;
    secondsPerStep: number | null;
  },
  { method, freezeHead, learningRate: given }: Options,
  task: Task,
  adapter: Adapter,
  files: readonly string[],
): void {
  const head = `the head ${freezeHead ? "left random" : "trained too"}`;
  console.log(`${method}, ${describeTask(task)}${task.kind === "similarity" ? "" : `, ${head}`}`);
  console.log(
    `  ${result.trainableParameters.toLocaleString("en-US")} trained numbers, ${result.steps} steps`,
  );
  const origin = typeof given === "number" ? "" : `, ${given === "search" ? "searched" : given}`;
  console.log(`  learning rate ${shownRate(result.learningRate)}${origin}`);
  if (result.trainLoss !== null) console.log(`  training loss ${result.trainLoss.toPrecision(4)}`);
  if (result.value !== null) console.log(`  ${result.metric} ${result.value.toFixed(4)}`);
  if (result.secondsPerStep !== null)
    console.log(`  ${result.secondsPerStep.toPrecision(3)} s a step`);
  const ranks = adapter.layers.map((layer) => learnedRank(singularValues(layer)));
  if (ranks.length > 0) {
    console.log(
      `  learned ranks ${Math.min(...ranks)} .. ${Math.max(...ranks)} of ${ranks.length} matrices`,
    );
  }
  for (const path of files) console.log(`wrote ${path}`);
}

function describeTask(task: Task): string {
  switch (task.kind) {
    case "classification":
      return `${task.labels.length} classes`;
    case "multi-label":
      return `${task.labels.length} labels, of which a text has several or none`;
    case "regression":
      return "a regression";
    case "similarity":
      return "similarities of embeddings";
  }
}
