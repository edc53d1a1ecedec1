import { quote } from "../check/describe.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import { ModelFileError } from "../completion/model-file-error.js";
import { readCommittedFile } from "../files/folder-commit.js";
import { FormatError } from "../formats/errors.js";
import { foreignFile } from "../formats/foreign-file.js";
import { MatrixRanking } from "../ranking/matrix-ranking.js";
import { UsageError } from "./errors.js";

/** A model of ratings, or of clicks. */
export type AnyModel = MatrixCompletion | MatrixRanking;

/** How the files of each kind begin. */
const kinds = { LOWRANKM: MatrixCompletion, LOWRANKR: MatrixRanking };

/** A model file as it was read. */
export interface ModelFile {
  bytes: Uint8Array;
  model: AnyModel;
}

/**
 * The model in a file that `train --out` wrote: the file says of which kind.
 *
 * @throws FormatError or FileError by name.
 */
export function readModelFile(path: string): ModelFile {
  const bytes = readCommittedFile(path);
  const magic = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
  if (!Object.hasOwn(kinds, magic)) throw new FormatError(path, otherFile(bytes));
  try {
    return { bytes, model: kinds[magic as keyof typeof kinds].load(bytes) };
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    throw new FormatError(path, error.reason);
  }
}

/** The model alone. */
export function loadModel(path: string): AnyModel {
  return readModelFile(path).model;
}

/** A model of ratings, for a command that needs one. */
export function loadCompletion(path: string, command: string): MatrixCompletion {
  const model = loadModel(path);
  if (model instanceof MatrixCompletion) return model;
  throw new UsageError(
    `${path}: it is a model of clicks, and ${command} needs one of ratings: recommend, similar and ` +
      "explain take it",
  );
}

/** A model of clicks, for a command that needs one. */
export function loadRanking(path: string, command: string): MatrixRanking {
  const model = loadModel(path);
  if (model instanceof MatrixRanking) return model;
  throw new UsageError(
    `${path}: it is a model of ratings, and ${command} needs one of clicks: train it with --clicks, ` +
      "or with --min-value 4 for the ratings that are likes",
  );
}

/** @throws UsageError where the model was not trained on the row. */
export function checkKnownRow(path: string, model: AnyModel, row: string): void {
  if (!model.hasRow(row)) throw new UsageError(`${path}: it knows no user ${quote(row)}`);
}

/** @throws UsageError where the model was not trained on the column. */
export function checkKnownCol(path: string, model: AnyModel, col: string): void {
  if (!model.hasCol(col)) throw new UsageError(`${path}: it knows no item ${quote(col)}`);
}

/** @throws UsageError where the model is the order by popularity. */
export function refusePopularity(path: string, { rank }: MatrixRanking, command: string): void {
  if (rank > 0) return;
  throw new UsageError(
    `${path}: the model is the order by popularity, of which ${command} has nothing to say: train it ` +
      "on more clicks",
  );
}

function otherFile(bytes: Uint8Array): string {
  const what = foreignFile(bytes)?.split(":")[0] ?? "it is not a model";
  return `${what}: the file must be one that lowrank train --out wrote`;
}
