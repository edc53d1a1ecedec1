import type { Task } from "../lora/adapter.js";
import type { Label } from "../lora/task-labels.js";
import { accuracy } from "../metrics/accuracy.js";
import { pearson, spearman } from "../metrics/correlation.js";
import { f1 } from "../metrics/f1.js";
import { matthews } from "../metrics/matthews.js";
import { UsageError } from "./errors.js";

type Metric = (truth: readonly Label[], predicted: readonly Label[]) => number;

/** A metric of one number per text. */
const single =
  (metric: (truth: number[], predicted: number[]) => number): Metric =>
  (truth, predicted) =>
    metric(truth as number[], predicted as number[]);

const sets: Record<string, Metric> = {
  // Over all labels of all texts ("micro"): those that hold are true positives.
  f1: (truth, predicted) => {
    const count = 1 + [truth, predicted].flat(2).reduce((most, label) => Math.max(most, label), -1);
    return f1(holds(truth, count), holds(predicted, count));
  },
  // A text is right when all of its labels are.
  accuracy: (truth, predicted) => {
    const set = (label: Label) => [label].flat().sort().join();
    const right = truth.map((label, i) => Number(set(label) === set(predicted[i])));
    return accuracy(new Array(right.length).fill(1), right);
  },
};

/** Whether each label holds of each text, text by text; one entry more, so that there is one. */
function holds(labels: readonly Label[], count: number): number[] {
  const marks = labels.flatMap((label) =>
    Array.from({ length: count }, (_, i) => Number([label].flat().includes(i))),
  );
  return [...marks, 0];
}

const correlations = { pearson: single(pearson), spearman: single(spearman) };

const metrics: Record<Task["kind"], Record<string, Metric>> = {
  classification: {
    accuracy: single(accuracy),
    f1: single((truth, predicted) => f1(truth, predicted)),
    matthews: single(matthews),
  },
  "multi-label": sets,
  regression: correlations,
  similarity: correlations,
};

/** Every metric's name. */
export const metricNames = [...new Set(Object.values(metrics).flatMap(Object.keys))];

/** The metric that was asked for, or the usual one: accuracy, F1, or Pearson's correlation. */
export function metricFor(task: Task, asked?: string): { name: string; metric: Metric } {
  const group = metrics[task.kind];
  const name = asked ?? Object.keys(group)[0];
  if (!Object.hasOwn(group, name)) {
    throw new UsageError(
      `--metric is ${name} and the task is ${task.kind}: it must be ${Object.keys(group).join(", ")}`,
    );
  }
  return { name, metric: group[name] };
}
