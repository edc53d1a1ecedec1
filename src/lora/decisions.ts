import type { Matrix } from "../linalg/matrix.js";
import type { Task } from "./adapter.js";
import type { Label } from "./task-labels.js";

/**
 * Of each row the class with the highest score, the labels that are likelier than not, or the number
 * itself. The scores are finite, as `predict` gives them.
 */
export function decisions(scores: Matrix, task: Task): Label[] {
  return Array.from({ length: scores.rows }, (_, i) => {
    const row = Array.from(scores.row(i));
    switch (task.kind) {
      case "classification":
        return row.indexOf(Math.max(...row));
      case "multi-label":
        return [...row.keys()].filter((label) => row[label] > 0.5);
      default:
        return row[0];
    }
  });
}
