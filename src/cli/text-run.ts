// What the commands that judge and embed texts have in common.
import { readAdapterFolder } from "../files/adapter-folder.js";
import { FormatError } from "../formats/errors.js";
import type { TextRecord } from "../formats/text-table.js";
import type { Adapter } from "../lora/adapter.js";
import { NotFiniteError } from "../lora/check.js";
import { ParallelEncoder, type ParallelEncoderOptions } from "../lora/parallel-encoder.js";
import { loadAdapter } from "../lora/peft-files.js";
import type { TextModel } from "../lora/text-model.js";
import { type AdaptedModel, useAdapter } from "../lora/use-adapter.js";
import { UsageError } from "./errors.js";

/** The model with the adapter of a folder on it. */
export function adapted(model: TextModel, folder: string, maxTokens?: number): AdaptedModel {
  const { family } = model.encoder.config;
  const adapter: Adapter = loadAdapter(readAdapterFolder(folder), family, folder);
  try {
    return useAdapter(model, adapter, maxTokens);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(
      `${folder}: it does not fit the model: ${error.message.replace(/^\w+: /, "")}`,
    );
  }
}

/** What is computed of a file's texts; a text that gives no numbers is named by its line. */
export async function ofTexts<T>(
  file: string,
  records: readonly TextRecord[],
  compute: () => Promise<T>,
): Promise<T> {
  try {
    return await compute();
  } catch (error) {
    throw ofLine(file, records, error);
  }
}

/**
 * Runs `compute` with an encoder on several threads; with one thread there is none, and the model itself
 * is what computes.
 */
export async function onThreads<T>(
  model: TextModel,
  options: ParallelEncoderOptions & { threads: number },
  compute: (encoder: ParallelEncoder | undefined) => Promise<T>,
): Promise<T> {
  if (options.threads === 1) return compute(undefined);
  const encoder = await ParallelEncoder.create(model, options);
  try {
    return await compute(encoder);
  } finally {
    await encoder.terminate();
  }
}

/** What went wrong, by the line of the file. */
function ofLine(file: string, records: readonly TextRecord[], error: unknown): unknown {
  if (error instanceof NotFiniteError) {
    return new FormatError(file, error.reason, records[error.text].line);
  }
  return error instanceof RangeError ? new UsageError(`${file}: ${error.message}`) : error;
}
