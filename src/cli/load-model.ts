import { MatrixCompletion } from "../completion/matrix-completion.js";
import { ModelFileError } from "../completion/model-file-error.js";
import { FormatError } from "../io/errors.js";
import { readCommittedFile } from "../io/folder-commit.js";

/** The model in a file that `complete --out` wrote. @throws FormatError or FileError by name. */
export function loadModel(path: string): MatrixCompletion {
  try {
    return MatrixCompletion.load(readCommittedFile(path));
  } catch (error) {
    if (error instanceof ModelFileError) throw new FormatError(path, error.reason);
    throw error;
  }
}
