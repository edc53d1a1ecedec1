// The model file, version 1. Little-endian:
//   8 bytes  "LOWRANKM"
//   u32      version
//   u32      length of the whole file
//   ...      settings, sizes, ids, pattern, biases, factors, history, in the order below
//   u32      CRC-32 of everything before
// Magic, length and checksum stand where they are in every version. A changed byte anywhere breaks
// the checksum, and a cut file its length. Neither proves who wrote the file, so every field is
// checked as well: whatever is loaded predicts finite numbers.
import { plainBytes } from "../formats/bytes.js";
import { crc32 } from "../formats/checksum.js";
import { ByteReader, ByteWriter } from "./byte-stream.js";
import { checkModelState } from "./check-model-state.js";
import { duplicatePolicies } from "./duplicates.js";
import { ModelFileError } from "./model-file-error.js";
import type { ModelState } from "./model-state.js";
import type { CompletionProgress } from "./progress.js";

const magic = Uint8Array.from("LOWRANKM", (letter) => letter.charCodeAt(0));
const version = 1;
const lengthAt = 12;
/** Magic, version, length and checksum. */
const minLength = 20;

/** Numbers in the file are places in this list: append only. */
const phases: readonly CompletionProgress["phase"][] = ["biases", "search", "refit"];

export function encodeModel(state: ModelState): Uint8Array<ArrayBuffer> {
  const { settings } = state;
  const writer = new ByteWriter();
  writer.bytes(magic);
  writer.u32(version);
  writer.u32(0);
  const flags = [settings.implicit, settings.clip, state.implicit, state.factorized];
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
  writer.u32(0);
  const bytes = writer.finish();
  const view = new DataView(bytes.buffer);
  view.setUint32(lengthAt, bytes.length, true);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
  return bytes;
}

/** @throws ModelFileError; TypeError for what is not bytes. */
export function decodeModel(given: Uint8Array): ModelState {
  const bytes = plainBytes("MatrixCompletion.load", "bytes", given);
  checkFrame(bytes);
  const reader = new ByteReader(bytes.subarray(16, -4));
  const flags = reader.u32();
  if (flags > 15)
    throw new ModelFileError(`it is damaged: its flags are ${flags}, at most 15 are known`);
  const flag = (i: number) => (flags & (1 << i)) !== 0;
  const settings = {
    implicit: flag(0),
    clip: flag(1),
    rank: reader.u32(),
    depth: reader.u32(),
    seed: reader.f64(),
    steps: reader.f64(),
    regularization: reader.f64(),
    validationFraction: reader.f64(),
    duplicates: chosen(duplicatePolicies, reader.u32()),
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
  };
  if (reader.left > 0) throw new ModelFileError("it is damaged: bytes are left over");
  checkModelState(state);
  return state;
}

/** Magic, length, checksum and version, in the order that explains most. */
function checkFrame(bytes: Uint8Array): void {
  if (bytes.length < magic.length || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new ModelFileError("it is not a model file of lowrank: it does not begin with LOWRANKM");
  }
  if (bytes.length < minLength) {
    throw new ModelFileError(`it is cut off after ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(lengthAt, true);
  if (length !== bytes.length) {
    throw new ModelFileError(`it is damaged: it has ${bytes.length} bytes and must have ${length}`);
  }
  if (view.getUint32(bytes.length - 4, true) !== crc32(bytes.subarray(0, -4))) {
    throw new ModelFileError("it is damaged: its checksum does not fit");
  }
  const found = view.getUint32(magic.length, true);
  if (found !== version) {
    throw new ModelFileError(`its version is ${found}: this program reads version ${version}`);
  }
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
