import { MatrixCompletion } from "../completion/matrix-completion.js";
import { ModelFileError } from "../completion/model-file-error.js";
import { readCommittedFile } from "../files/folder-commit.js";
import { FormatError } from "../formats/errors.js";
import { foreignFile } from "../formats/foreign-file.js";

/** The model in a file that `complete --out` wrote. @throws FormatError or FileError by name. */
export function loadModel(path: string): MatrixCompletion {
  const bytes = readCommittedFile(path);
  try {
    return MatrixCompletion.load(bytes);
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    throw new FormatError(path, beginsAsModel(bytes) ? error.reason : otherFile(bytes));
  }
}

function beginsAsModel(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 8)) === "LOWRANKM";
}

function otherFile(bytes: Uint8Array): string {
  const what = foreignFile(bytes)?.split(":")[0] ?? "it is not a model";
  return `${what}: the file must be one that lowrank complete --out wrote`;
}
