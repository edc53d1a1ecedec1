// What a text model is right and wrong about, on texts held out.
import type { Matrix } from "../linalg/matrix.js";
import type { Task } from "../lora/adapter.js";
import { decisions } from "../lora/decisions.js";
import type { Example } from "../lora/finetune-options.js";
import type { Label } from "../lora/task-labels.js";
import { accuracy } from "../metrics/accuracy.js";
import { confusionMatrix } from "../metrics/confusion-matrix.js";
import { mae } from "../metrics/mae.js";

/** Texts that were judged, with a row of scores each. */
export interface JudgedTexts {
  task: Task;
  examples: readonly Example[];
  scores: Matrix;
  /** Labels of the training. */
  trained: readonly Label[];
}

/** A text that was got wrong. */
export interface Mistake {
  text: string;
  truth: string;
  predicted: string;
  /** How far off, to order by: the score of the wrong label, or the distance. */
  error: number;
}

/** One class or label. */
export interface ClassQuality {
  label: string;
  /** Texts of the training that have it. */
  trained: number;
  /** Texts held out that have it, that it was predicted of, and both. */
  held: number;
  predicted: number;
  right: number;
}

/** How well texts are judged, and what always the same answer would give. */
export type TextQuality =
  | {
      kind: "classes";
      texts: number;
      accuracy: number;
      /** The commonest class of the training, and how often it is right. */
      commonest: { label: string; accuracy: number };
      classes: ClassQuality[];
      /** Rows are what is true, columns what was predicted. */
      confusion: number[][];
      mistakes: Mistake[];
    }
  | {
      kind: "labels";
      texts: number;
      accuracy: number;
      classes: ClassQuality[];
      mistakes: Mistake[];
    }
  | {
      kind: "numbers";
      truth: number[];
      predicted: number[];
      /** Mean absolute errors: of the model, and of the mean label of the training. */
      mae: number;
      constantMae: number;
      mistakes: Mistake[];
    };

/** How many mistakes are listed. */
const listedMistakes = 10;

export function textQuality(judged: JudgedTexts): TextQuality {
  const { task } = judged;
  switch (task.kind) {
    case "classification":
      return ofClasses(judged, task.labels);
    case "multi-label":
      return ofLabels(judged, task.labels);
    default:
      return ofNumbers(judged);
  }
}

function ofClasses(judged: JudgedTexts, labels: readonly string[]): TextQuality {
  const { task, examples, scores, trained } = judged;
  const truth = examples.map(({ label }) => label as number);
  const predicted = decisions(scores, task) as number[];
  const confusion = confusionMatrix(truth, predicted, labels.length);
  const classes = classQualities(labels, trained, truth, predicted);
  const counts = classes.map((one) => one.trained);
  const commonest = counts.indexOf(Math.max(...counts));
  return {
    kind: "classes",
    texts: truth.length,
    accuracy: accuracy(truth, predicted),
    commonest: {
      label: labels[commonest],
      accuracy: share(truth, (label) => label === commonest),
    },
    classes,
    confusion,
    mistakes: worst(examples, (i) =>
      truth[i] === predicted[i]
        ? undefined
        : {
            truth: labels[truth[i]],
            predicted: labels[predicted[i]],
            error: scores.row(i)[predicted[i]],
          },
    ),
  };
}

function ofLabels(judged: JudgedTexts, labels: readonly string[]): TextQuality {
  const { task, examples, scores, trained } = judged;
  const truth = examples.map(({ label }) => [label!].flat());
  const predicted = decisions(scores, task) as number[][];
  const names = (which: readonly number[]) =>
    which.map((label) => labels[label]).join(", ") || "none";
  const same = (a: readonly number[], b: readonly number[]) =>
    a.length === b.length && a.every((label) => b.includes(label));
  return {
    kind: "labels",
    texts: truth.length,
    accuracy: share(truth, (label, i) => same(label, predicted[i])),
    classes: classQualities(labels, trained, truth, predicted),
    mistakes: worst(examples, (i) =>
      same(truth[i], predicted[i])
        ? undefined
        : {
            truth: names(truth[i]),
            predicted: names(predicted[i]),
            error: labels.reduce(
              (sum, _, label) =>
                sum + Math.abs(scores.row(i)[label] - Number(truth[i].includes(label))),
              0,
            ),
          },
    ),
  };
}

function ofNumbers({ task, examples, scores, trained }: JudgedTexts): TextQuality {
  const truth = examples.map(({ label }) => label as number);
  const predicted = decisions(scores, task) as number[];
  const mean = (trained as readonly number[]).reduce(
    (sum, label) => sum + label / trained.length,
    0,
  );
  return {
    kind: "numbers",
    truth,
    predicted,
    mae: mae(truth, predicted),
    constantMae: mae(
      truth,
      truth.map(() => mean),
    ),
    mistakes: worst(examples, (i) => ({
      truth: String(Number(truth[i].toPrecision(4))),
      predicted: String(Number(predicted[i].toPrecision(4))),
      error: Math.abs(truth[i] - predicted[i]),
    })),
  };
}

function classQualities(
  labels: readonly string[],
  trained: readonly Label[],
  truth: readonly Label[],
  predicted: readonly Label[],
): ClassQuality[] {
  const has = (label: number) => (given: Label) => [given].flat().includes(label);
  const count = (given: readonly Label[], label: number) => given.filter(has(label)).length;
  return labels.map((name, label) => ({
    label: name,
    trained: count(trained, label),
    held: count(truth, label),
    predicted: count(predicted, label),
    right: truth.filter((given, i) => has(label)(given) && has(label)(predicted[i])).length,
  }));
}

/** The worst mistakes, the furthest off first. */
function worst(
  examples: readonly Example[],
  mistakeOf: (i: number) => Omit<Mistake, "text"> | undefined,
): Mistake[] {
  return examples
    .flatMap(({ text, pair }, i) => {
      const mistake = mistakeOf(i);
      return mistake ? [{ ...mistake, text: [text, pair ?? []].flat().join(" | ") }] : [];
    })
    .sort((a, b) => b.error - a.error)
    .slice(0, listedMistakes);
}

const share = <T>(values: readonly T[], holds: (value: T, i: number) => boolean) =>
  values.filter(holds).length / values.length;
