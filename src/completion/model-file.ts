// The file of a completed matrix, little-endian: settings, sizes, ids, pattern, biases, factors, history
// and, from version 2 on, the ranking head, from version 3 on the outliers, from version 4 on the solver, in
// the order below, in the frame of model-frame.ts. A model that Adam trained is a file of the oldest version
// that can say all of it, which older programs read. A checksum does not prove who wrote the file, so every
// field is checked as well: whatever is loaded predicts finite numbers.
import type { ByteReader, ByteWriter } from "./byte-stream.js";
import { checkModelState } from "./check-model-state.js";
import { duplicatePolicies } from "./duplicates.js";
import { readHead, writeHead } from "./head-file.js";
import { ModelFileError } from "./model-file-error.js";
import { beginFrame, endFrame, type FileKind, openFrame } from "./model-frame.js";
import type { ModelState, Outliers } from "./model-state.js";
import type { CompletionProgress } from "./progress.js";

const kind: FileKind = { magic: "LOWRANKM", version: 4 };

/** Numbers in the file are places in this list: append only. */
const phases: readonly CompletionProgress["phase"][] = ["biases", "search", "refit"];

export function encodeModel(state: ModelState): Uint8Array<ArrayBuffer> {
  const { settings } = state;
  const version = versionOf(state);
  const writer = beginFrame(kind, version);
  const flags = [settings.implicit, settings.clip, state.implicit, state.factorized];
  // The versions before say both by their number.
  if (version > 2) flags.push(settings.ranking, settings.outliers === "keep");
  if (version > 3) flags.push(settings.solver === "sweeps");
  writer.u32(flags.reduce((bits, flag, i) => bits | (flag ? 1 << i : 0), 0));
  writer.u32(settings.rank);
  writer.u32(settings.depth);
  writer.f64(settings.seed);
  writer.f64(settings.steps);
  writer.f64(settings.regularization);
  writer.f64(settings.validationFraction);
  writer.u32(duplicatePolicies.indexOf(settings.duplicates));
  writer.f64(state.duplicates);
  writer.f64(state.steps);
  writer.f64(state.parameterCount);
  for (const value of [state.mean, state.scale, state.low, state.high]) writer.f64(value);
  writer.f64(state.biasRidge);
  writer.f64(state.factorRidge);
  writer.texts(state.rowIds);
  writer.texts(state.colIds);
  writer.array(state.rowStart);
  writer.array(state.colIndices);
  for (const biases of [state.rowBias, state.baselineRowBias]) writer.array(biases);
  for (const biases of [state.colBias, state.baselineColBias]) writer.array(biases);
  for (const factors of [state.rowFactors, state.colFactors, state.patternFactors]) {
    writer.array(factors);
  }
  writer.u32(state.history.length);
  for (const { phase, step, totalSteps, loss, validationRmse } of state.history) {
    writer.u32(phases.indexOf(phase));
    for (const value of [step, totalSteps, loss, validationRmse ?? Number.NaN]) writer.f64(value);
  }
  if (settings.ranking) writeHead(writer, state);
  if (version > 2) writeOutliers(writer, state.outliers);
  return endFrame(writer);
}

/** @throws ModelFileError; TypeError for what is not bytes. */
export function decodeModel(given: Uint8Array): ModelState {
  const { version, reader } = openFrame(kind, "MatrixCompletion.load", given);
  const flags = reader.u32();
  const known = [15, 15, 63, 127][version - 1];
  if (flags > known)
    throw new ModelFileError(`it is damaged: its flags are ${flags}, at most ${known} are known`);
  const flag = (i: number) => (flags & (1 << i)) !== 0;
  const settings = {
    implicit: flag(0),
    clip: flag(1),
    ranking: version > 2 ? flag(4) : version > 1,
    rank: reader.u32(),
    depth: reader.u32(),
    seed: reader.f64(),
    solver: version > 3 && flag(6) ? ("sweeps" as const) : ("adam" as const),
    steps: reader.f64(),
    regularization: reader.f64(),
    validationFraction: reader.f64(),
    duplicates: chosen(duplicatePolicies, reader.u32()),
    outliers: version > 2 && flag(5) ? ("keep" as const) : ("auto" as const),
  };
  const [implicit, factorized] = [flag(2), flag(3)];
  const numbers = {
    duplicates: reader.f64(),
    steps: reader.f64(),
    parameterCount: reader.f64(),
    mean: reader.f64(),
    scale: reader.f64(),
    low: reader.f64(),
    high: reader.f64(),
    biasRidge: reader.f64(),
    factorRidge: reader.f64(),
  };
  const rowIds = reader.texts();
  const colIds = reader.texts();
  const [rows, cols] = [rowIds.length, colIds.length];
  const width = factorized ? settings.rank : 0;
  const rowStart = reader.i32Array(rows + 1);
  const colIndices = reader.i32Array(rowStart[rows]);
  const state: ModelState = {
    settings,
    implicit,
    factorized,
    ...numbers,
    rowIds,
    colIds,
    rowStart,
    colIndices,
    rowBias: reader.f32Array(rows),
    baselineRowBias: reader.f32Array(rows),
    colBias: reader.f32Array(cols),
    baselineColBias: reader.f32Array(cols),
    rowFactors: reader.f32Array(rows * width),
    colFactors: reader.f32Array(cols * width),
    patternFactors: reader.f32Array(implicit ? cols * width : 0),
    history: readHistory(reader),
    ...(settings.ranking
      ? readHead(reader, cols, colIndices.length)
      : { comparison: undefined, head: undefined }),
    outliers: version > 2 ? readOutliers(reader) : undefined,
  };
  if (reader.left > 0) throw new ModelFileError("it is damaged: bytes are left over");
  checkModelState(state);
  return state;
}

/** The oldest version that can say all of it. */
function versionOf({ settings, outliers }: ModelState): number {
  if (settings.solver === "sweeps") return 4;
  if (outliers || settings.outliers === "keep") return 3;
  return settings.ranking ? 2 : 1;
}

/** u32 how many, and where there are any f64 the bound, i32 the places, f64 the values. */
function writeOutliers(writer: ByteWriter, outliers: Outliers | undefined): void {
  writer.u32(outliers?.places.length ?? 0);
  if (!outliers) return;
  writer.f64(outliers.bound);
  writer.array(outliers.places);
  writer.array(outliers.values);
}

function readOutliers(reader: ByteReader): Outliers | undefined {
  const count = reader.u32();
  if (count === 0) return undefined;
  return {
    bound: reader.f64(),
    places: reader.i32Array(count),
    values: reader.f64Array(count),
  };
}

function readHistory(reader: ByteReader): CompletionProgress[] {
  const length = reader.u32();
  if (36 * length > reader.left) throw new ModelFileError("it is damaged: the history is cut off");
  return Array.from({ length }, () => {
    const phase = chosen(phases, reader.u32());
    const [step, totalSteps, loss] = [reader.f64(), reader.f64(), reader.f64()];
    const measured = reader.f64();
    const validationRmse = Number.isNaN(measured) ? undefined : measured;
    return { phase, step, totalSteps, loss, validationRmse };
  });
}

function chosen<Choice>(choices: readonly Choice[], index: number): Choice {
  const choice = choices[index];
  if (choice === undefined) throw new ModelFileError(`it is damaged: ${index} is not a choice`);
  return choice;
}
