// What the labels of a task are, and how a loss takes them.
import type { LossName } from "../transformer/encoder-training.js";
import type { Task } from "./adapter.js";

/** A label of an example: a number, or several of classes. */
export type Label = number | readonly number[];

/** What a task costs. */
export function lossOf({ kind }: Task): LossName {
  if (kind === "classification") return "crossEntropy";
  return kind === "multi-label" ? "binaryCrossEntropy" : "squaredError";
}

/** A label as the loss takes it: of several, whether each holds. */
export function targetsOf(task: Task, label: Label): readonly number[] {
  if (typeof label === "number") return [label];
  return (task.kind === "multi-label" ? task.labels : []).map((_, i) => Number(label.includes(i)));
}

/** What a label must be, where it is something else. */
export function misfit(task: Task, label: Label): string | undefined {
  if (task.kind === "multi-label") {
    const last = task.labels.length - 1;
    const known = (one: unknown) => Number.isInteger(one) && (one as number) in task.labels;
    if (Array.isArray(label) && label.every(known)) return undefined;
    return `an array of the numbers of its labels, each in 0 .. ${last}`;
  }
  if (typeof label !== "number") return "a number";
  switch (task.kind) {
    case "regression":
      return Number.isFinite(label) ? undefined : "a finite number";
    case "similarity":
      return Math.abs(label) <= 1 ? undefined : "in [-1, 1], as a cosine is";
    case "classification":
      if (Number.isInteger(label) && label >= 0 && label < task.labels.length) return undefined;
      return `the number of a class, 0 .. ${task.labels.length - 1}`;
  }
}
