import { existsSync } from "node:fs";
import { FileError } from "../formats/errors.js";
import type { ModelFiles } from "../formats/model-files.js";
import { modelFilesOf } from "../formats/model-layout.js";
import { checkPath } from "./check-path.js";
import { readCommitted } from "./folder-commit.js";
import { readFile } from "./read-file.js";

/**
 * The files of a model in a folder that Hugging Face's `save_pretrained` or a download made, or
 * sentence-transformers' `save`; those of one writer, also while another process is writing there.
 *
 * @throws FileError when the folder or a file is missing; FormatError when the index of the parts
 *   or modules.json is malformed.
 */
export function readModelFolder(folder: string): ModelFiles {
  checkPath("readModelFolder", folder);
  if (!existsSync(folder)) throw new FileError(folder, "there is no such folder");
  return readCommitted(folder, ({ at }) =>
    modelFilesOf({
      root: folder,
      has: (path) => existsSync(at(path)),
      read: (path) => readFile(at(path)),
    }),
  );
}
