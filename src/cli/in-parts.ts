// What a command computes of many texts: a part at a time, so that a bar can say how long it takes.
import { Matrix } from "../linalg/matrix.js";
import { NotFiniteError } from "../lora/check.js";
import type { TextInput } from "../lora/text-input.js";
import { createProgress, type Progress } from "./progress.js";

/** Texts of a part, on each thread: two batches, so that their bounds stay where they were. */
const perThread = 64;

interface PartsOptions {
  /** What is being done, such as "judging". */
  doing: string;
  threads?: number;
  /** A bar that is there already; it stays. */
  progress?: Progress;
}

/** What `compute` gives of each part of the texts, in order. */
export async function inParts<Input extends TextInput, Result>(
  texts: readonly Input[],
  { doing, threads = 1, progress }: PartsOptions,
  compute: (some: readonly Input[]) => Result | Promise<Result>,
): Promise<Result[]> {
  const bar = progress ?? createProgress();
  const size = perThread * threads;
  const results: Result[] = [];
  try {
    for (let start = 0; start < Math.max(1, texts.length); start += size) {
      bar.update(start, texts.length, `${doing}: ${start} of ${texts.length} texts`);
      try {
        results.push(await compute(texts.slice(start, start + size)));
      } catch (error) {
        if (!(error instanceof NotFiniteError)) throw error;
        throw new NotFiniteError(doing, start + error.text, error.reason);
      }
    }
  } finally {
    if (!progress) bar.stop();
  }
  return results;
}

/** `inParts` of a row a text. */
export async function rowsInParts<Input extends TextInput>(
  texts: readonly Input[],
  options: PartsOptions,
  compute: (some: readonly Input[]) => Matrix | Promise<Matrix>,
): Promise<Matrix> {
  const parts = await inParts(texts, options, compute);
  if (parts.length === 1) return parts[0];
  const { cols, dtype } = parts[0];
  const rows = Matrix.zeros(texts.length, cols, { dtype });
  let at = 0;
  for (const { data } of parts) {
    rows.data.set(data, at);
    at += data.length;
  }
  return rows;
}
