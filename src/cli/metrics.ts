import type { Matrix } from "../linalg/matrix.js";
import type { Task } from "../lora/adapter.js";
import { accuracy } from "../lora/metrics/accuracy.js";
import { pearson, spearman } from "../lora/metrics/correlation.js";
import { f1 } from "../lora/metrics/f1.js";
import { matthews } from "../lora/metrics/matthews.js";
import { UsageError } from "./errors.js";

type Metric = (truth: ArrayLike<number>, predicted: ArrayLike<number>) => number;

const metrics: Record<Task["kind"], Record<string, Metric>> = {
  classification: { accuracy, f1: (truth, predicted) => f1(truth, predicted), matthews },
  regression: { pearson, spearman },
  similarity: { pearson, spearman },
};

/** Every metric's name. */
export const metricNames = [...new Set(Object.values(metrics).flatMap(Object.keys))];

/** The metric that was asked for, or the usual one: accuracy, or Pearson's correlation. */
export function metricFor(task: Task, asked?: string): { name: string; metric: Metric } {
  const group = metrics[task.kind];
  const name = asked ?? Object.keys(group)[0];
  if (!Object.hasOwn(group, name)) {
    throw new UsageError(
      `--metric is ${name} and the task is a ${task.kind}: it must be ${Object.keys(group).join(", ")}`,
    );
  }
  return { name, metric: group[name] };
}

/** The class with the highest score of each row, or the number itself. */
export function decisions(scores: Matrix, task: Task): number[] {
  return Array.from({ length: scores.rows }, (_, i) => {
    const row = scores.row(i);
    return task.kind === "classification" ? row.indexOf(Math.max(...row)) : row[0];
  });
}
