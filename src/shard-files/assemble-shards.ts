// From shards that were fitted each from its own rows to the model.
import { assembleModel, type TrainingData } from "../completion/assemble.js";
import type { FittedAlone } from "../completion/fit.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import type { FittedRows } from "../parallel/protocol.js";
import { shardsOf } from "../parallel/shard-run.js";

/** What the model says about the data: its matrix has all rows, with the values as they were given. */
export type Table = Pick<TrainingData, "rowIds" | "colIds" | "duplicates" | "settings" | "matrix">;

export function assembleShards(
  table: Table,
  { fitted, unit, range }: FittedAlone,
  others: readonly FittedRows[],
): MatrixCompletion {
  // The shards have looked for outliers, each among its own entries.
  const data = { ...table, unit, range, screened: undefined, robust: false };
  return new MatrixCompletion(assembleModel(data, shardsOf(fitted, others)));
}
