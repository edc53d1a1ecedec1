// What the labels of a task are, and how a loss takes them.
import { type Loss, takesLabels } from "../transformer/losses.js";
import type { Task } from "./adapter.js";

/** A label of an example: a number, or several of classes. */
export type Label = number | readonly number[];

/** A label as the loss takes it: of several, whether each holds; in a range, its place from 0 to 1. */
export function targetsOf(task: Task, label: Label | undefined): readonly number[] {
  if (label === undefined) return [];
  if (typeof label === "number") {
    const [low, high] = (task.kind === "regression" && task.range) || [0, 1];
    return [(label - low) / (high - low)];
  }
  return (task.kind === "multi-label" ? task.labels : []).map((_, i) => Number(label.includes(i)));
}

/** What a label must be, where it is something else. */
export function misfit(task: Task, loss: Loss, label: Label | undefined): string | undefined {
  if (!takesLabels(loss)) {
    return label === undefined ? undefined : `left out: the loss "${loss.kind}" takes none`;
  }
  if (task.kind === "multi-label") {
    const last = task.labels.length - 1;
    const known = (one: unknown) => Number.isInteger(one) && (one as number) in task.labels;
    if (Array.isArray(label) && label.every(known)) return undefined;
    return `an array of the numbers of its labels, each in 0 .. ${last}`;
  }
  if (typeof label !== "number") return "a number";
  switch (task.kind) {
    case "regression": {
      const [low, high] = task.range ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
      if (label >= low && label <= high) return undefined;
      return task.range === undefined ? "a finite number" : `in the range [${low}, ${high}]`;
    }
    case "similarity":
      if (loss.kind === "contrastive") {
        return label === 0 || label === 1 ? undefined : "1 where the texts are alike, or 0";
      }
      return Math.abs(label) <= 1 ? undefined : "in [-1, 1], as a cosine is";
    case "classification":
      if (Number.isInteger(label) && label >= 0 && label < task.labels.length) return undefined;
      return `the number of a class, 0 .. ${task.labels.length - 1}`;
  }
}
