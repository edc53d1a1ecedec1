// The encoder that --model names: one in a folder, or one of the Hugging Face Hub.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { folderCache } from "../files/model-cache.js";
import { readModelFolder } from "../files/model-folder.js";
import type { ModelFiles } from "../formats/model-files.js";
import { isModelPath } from "../formats/model-path.js";
import { DownloadError, fetchModel, type HubOptions } from "../lora/hub.js";
import { loadEncoder } from "../lora/load-encoder.js";
import type { TextModel } from "../lora/text-model.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import { remark, UsageError } from "./errors.js";
import { Option } from "./packages.js";
import { createProgress } from "./progress.js";
import { usage } from "./start-run.js";

export const modelOption = () =>
  new Option(
    "--model <dir>",
    "folder with config.json, model.safetensors, tokenizer.json; or a name of the Hub, as owner/name",
  ).makeOptionMandatory();

/**
 * A folder's model where there is such a folder, else the Hub's of that name, which stays in the
 * user's cache. Says which where the name may be either.
 */
export async function openModel(
  command: string,
  given: string,
  options: EncoderOptions = {},
): Promise<TextModel> {
  return loadEncoder(await filesOf(command, given), options);
}

async function filesOf(command: string, given: string): Promise<ModelFiles> {
  const isName = isModelPath(given) && given.split("/").length === 2;
  const isFolder = existsSync(given);
  if (!isName) return readModelFolder(given);
  if (isFolder) {
    const files = readModelFolder(given);
    remark(command, [`--model ${given} is the folder here, not a model of the Hub`]);
    return files;
  }
  const { XDG_CACHE_HOME, HF_ENDPOINT: baseUrl } = process.env;
  const kept = join(XDG_CACHE_HOME || join(homedir(), ".cache"), "lowrank");
  try {
    const cache = folderCache(kept);
    const files = await fetchShown(given, { cache, ...(baseUrl && { baseUrl }) });
    remark(command, [
      `--model ${given} is the Hub's, for there is no such folder; kept in ${kept}`,
    ]);
    return files;
  } catch (error) {
    // 401 is what the Hub says of models that it does not have.
    if (!(error instanceof DownloadError && [401, 403, 404].includes(Number(error.code)))) {
      throw error;
    }
    throw new UsageError(`--model is ${given}: there is no such folder, and ${error.message}`);
  }
}

/** A model of the Hub, with a bar while it comes. */
export async function fetchShown(name: string, options: HubOptions): Promise<ModelFiles> {
  const progress = createProgress();
  try {
    return await usage(() =>
      fetchModel(name, {
        ...options,
        onProgress: ({ file, bytes, totalBytes }) => progress.update(bytes, totalBytes, file),
      }),
    );
  } finally {
    progress.stop();
  }
}
