// Learns from labelled sentences, apart from the page. It runs the functions that `lowrank finetune` and
// `lowrank classify --examples` do, so the numbers are those of the command.
import { certificateLines, certificateName, certificateResult } from "../../src/cli/certificate.js";
import { finetuneResult } from "../../src/cli/finetune-result.js";
import { classFinder, taskOf } from "../../src/cli/labels.js";
import type { ModelFiles } from "../../src/formats/model-files.js";
import type { Adapter } from "../../src/lora/adapter.js";
import { adapterCertification } from "../../src/lora/certify-adapter.js";
import { fewShot } from "../../src/lora/few-shot.js";
import type { FewShotEvidence } from "../../src/lora/few-shot-evidence.js";
import { finetune } from "../../src/lora/finetune.js";
import type { Example } from "../../src/lora/finetune-options.js";
import { learnedRank, singularValues } from "../../src/lora/layer-adapter.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { methods } from "../../src/lora/methods.js";
import { saveAdapter } from "../../src/lora/peft-files.js";
import { softmax } from "../../src/lora/softmax.js";
import type { TextModel } from "../../src/lora/text-model.js";
import { useAdapter } from "../../src/lora/use-adapter.js";
import { report, serve } from "../shell/serve.js";
import type { Labelled } from "./sentences.js";

/** What was loaded. */
export interface Opened {
  family: string;
  layers: number;
  width: number;
  vocabulary: number;
}

export type Task =
  | { method: "few-shot" }
  | { method: "lora" | "deep-lora"; steps: number; certify: boolean };

/** A step of the training, and the losses so far; none while the rate is searched. */
export interface LearnProgress {
  step: number;
  total: number;
  text: string;
  losses: number[];
}

export type Learned = { labels: readonly string[]; milliseconds: number } & (
  | { kind: "few-shot"; evidence: FewShotEvidence; result: object }
  | {
      kind: "adapter";
      losses: number[];
      /** As `finetune --json` prints it, but for what the machine adds. */
      result: ReturnType<typeof finetuneResult>;
      /** The fewest and the most directions that a matrix has learned. */
      ranks: [least: number, most: number];
    }
  | { kind: "certified"; losses: number[]; result: object; lines: string[] }
);

export interface Answer {
  label: string;
  /** In the order of the labels. */
  probabilities: readonly number[];
  /** What the command prints: the probabilities, or what they are computed of. */
  scores: readonly number[];
}

const [rank, seed] = [8, 0];
const delta = 0.05;

let model: TextModel | undefined;
/** Of what was learned last. */
let judge: ((text: string) => Answer) | undefined;
let files: Map<string, Uint8Array> | undefined;

function open(given: ModelFiles): Opened {
  [model, judge, files] = [undefined, undefined, undefined];
  model = loadEncoder(given);
  if (given.tokenizer === undefined) throw new Error("the model has no tokenizer.json");
  const { family, layers, width, vocabularySize } = model.encoder.config;
  return { family, layers, width, vocabulary: vocabularySize };
}

function learn(sentences: readonly Labelled[], task: Task): Learned {
  [judge, files] = [undefined, undefined];
  if (model === undefined) throw new Error("choose a model first");
  const start = performance.now();
  const learned =
    task.method === "few-shot" ? few(model, sentences) : adapt(model, sentences, task);
  return { ...learned, milliseconds: performance.now() - start };
}

type Untimed<T> = T extends Learned ? Omit<T, "milliseconds"> : never;

function few(known: TextModel, sentences: readonly Labelled[]): Untimed<Learned> {
  report({ step: 0, total: 1, text: "reading the sentences", losses: [] }, true);
  const classifier = fewShot(known, sentences, { seed });
  const { labels, evidence } = classifier;
  files = new Map([["classifier.bin", classifier.save()]]);
  judge = (text) => {
    const [{ label, probabilities }] = classifier.classify([text]);
    return { label, probabilities, scores: probabilities };
  };
  return {
    kind: "few-shot",
    labels,
    evidence,
    result: { task: "classification", labels, evidence },
  };
}

function adapt(
  known: TextModel,
  sentences: readonly Labelled[],
  { method, steps, certify }: Exclude<Task, { method: "few-shot" }>,
): Untimed<Learned> {
  const records = sentences.map(({ text, label }, i) => ({ line: i + 1, texts: [text], label }));
  const task = taskOf(records, "the sentences", "classification");
  if (task.kind !== "classification") throw new Error("the labels must be classes");
  const { labels } = task;
  const find = classFinder(labels);
  const examples = sentences.map(({ text, label }): Example => ({ text, label: find(label)! }));
  const losses: number[] = [];
  const tell = ({ phase, step, totalSteps, loss }: Step) => {
    if (phase !== "search") losses.push(loss);
    const doing =
      phase === "search" ? "choosing the learning rate" : `step ${step} of ${totalSteps}`;
    const text = `${doing}, loss ${loss.toPrecision(4)}`;
    report({ step, total: totalSteps, text, losses } satisfies LearnProgress);
  };
  if (certify) {
    const run = adapterCertification(known, examples, { task, method, steps, rank, seed });
    const { file, ...proved } = toTheEnd(run, tell);
    use(known, proved.adapter, labels);
    files?.set(certificateName, file);
    const judged = { metric: null, value: null };
    const result = { method, ...judged, ...certificateResult(proved) };
    return { kind: "certified", labels, losses, result, lines: certificateLines(proved, delta) };
  }
  const way = methods[method].make({ rank, seed });
  const run = toTheEnd(finetune(known, examples, { method: way, task, steps, seed }), tell);
  // Before the encoder is the adapter's: then nothing of it is trained.
  const result = finetuneResult(method, run, losses);
  const adapter = run.adapter();
  use(known, adapter, labels);
  const ranks = adapter.layers.map((layer) => learnedRank(singularValues(layer)));
  return {
    ...{ kind: "adapter", labels, losses },
    result,
    ranks: [Math.min(...ranks), Math.max(...ranks)],
  };
}

interface Step {
  phase: string;
  step: number;
  totalSteps: number;
  loss: number;
}

function toTheEnd<S, R>(run: Generator<S, R>, tell: (step: S) => void): R {
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
    tell(value);
  }
}

function use(known: TextModel, adapter: Adapter, labels: readonly string[]): void {
  const adapted = useAdapter(known, adapter);
  files = saveAdapter(adapter);
  judge = (text) => {
    const scores = Array.from(adapted.predict([{ text }]).row(0));
    const label = labels[scores.indexOf(Math.max(...scores))];
    return { label, probabilities: softmax(scores, 1), scores };
  };
}

function classify(text: string): Answer {
  if (judge === undefined) throw new Error("train first");
  return judge(text);
}

/** The files of the adapter, or of the classifier, by their names. */
function save(): Map<string, Uint8Array> {
  if (files === undefined) throw new Error("train one first");
  return files;
}

const functions = { open, learn, classify, save };
export type Teacher = typeof functions;
serve(functions);
