// A training run as bytes: a safetensors file of parameters and optimizer state, with a checksum over
// all of it, since the format itself would read a changed number. The checksum does not prove who
// wrote it: every field is checked as well.

import { quote } from "../check/describe.js";
import { largestSize } from "../check/values.js";
import { copyBytes, plainBytes } from "../formats/bytes.js";
import { crc32 } from "../formats/checksum.js";
import { FormatError } from "../formats/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/safetensors.js";
import {
  fromFloat32,
  fromFloat64,
  type StoredTensor,
  toFloat32,
  toFloat64,
} from "../formats/stored-tensor.js";
import { isJsonObject, kindOf, parseJsonObject, unexpected } from "../formats/strict-json.js";
import { Matrix } from "../linalg/matrix.js";
import type { FloatArray } from "../wasm/index.js";
import { factorName, type PlannedLayer } from "./adaptation.js";

export interface SavedTraining {
  /** What a run that goes on must have in common with this one, as JSON. */
  fingerprint: string;
  stepCount: number;
  layers: readonly PlannedLayer[];
  parameters: ReadonlyMap<string, FloatArray>;
  optimizer: readonly FloatArray[];
}

const source = "training state";
const version = "1";
const prefix = "parameter.";
/** Beyond these the numbers of epochs leave the streams that order the texts. */
const maxSteps = 2 ** 31 - 1;

export function encodeState(state: SavedTraining): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, data] of state.parameters) tensors.set(prefix + name, stored(data));
  for (const [i, data] of state.optimizer.entries()) tensors.set(`optimizer.${i}`, stored(data));
  const layers = state.layers.map(({ name, scale, factors }) => ({
    name,
    scale,
    factors: factors.map(({ matrix: { rows, cols }, rateScale = 1, epsilon }) => ({
      ...{ rows, cols, rateScale },
      ...(epsilon === undefined ? {} : { epsilon }),
    })),
  }));
  const { fingerprint, stepCount } = state;
  const settings = JSON.stringify({ version, fingerprint, stepCount, layers });
  const checksum = String(checksumOf(tensors, settings));
  return encodeSafetensors(tensors, [
    ["lowrank.training", settings],
    ["lowrank.checksum", checksum],
  ]);
}

/**
 * A saved run, every field of it checked by itself; `checkLayers` and `checkTensors` compare it with
 * the run that goes on.
 *
 * @param fingerprint - what this run has; a saved one with another is refused.
 * @throws FormatError that names the field; TypeError for what is not bytes.
 */
export function decodeState(bytes: Uint8Array, fingerprint: string): SavedTraining {
  const { tensors, saved } = openState(bytes);
  const difference = firstDifference(saved.fingerprint, fingerprint);
  if (difference !== undefined) throw refusal(`it is of another run: ${difference}`);
  const stepCount = integer("stepCount", saved.stepCount, 0, maxSteps);
  const { parameters, optimizer } = readTensors(tensors);
  const layers = list("layers", saved.layers).map((layer, i) => readLayer(layer, i, parameters));
  return { fingerprint, stepCount, layers, parameters, optimizer };
}

/** What a rate does in a run. */
interface FinetuneSchedule {
  learningRate: number;
  warmupShare: number;
  finalRateShare: number;
}

/**
 * The rate of a saved run, which may have been searched, and how it warms up and falls.
 *
 * @throws FormatError when the bytes are not a saved run; TypeError for what is not bytes.
 */
export function savedSchedule(bytes: Uint8Array): FinetuneSchedule {
  // Runs from before there was a warm-up had none, and do not name it.
  const saved = { warmupShare: 0, ...fingerprintOf(openState(bytes).saved.fingerprint) };
  const number = (name: keyof FinetuneSchedule, least: number, greatest: number, form: string) => {
    const value: unknown = (saved as Partial<FinetuneSchedule>)[name];
    if (typeof value === "number" && value >= least && value <= greatest) return value;
    throw refusal(`its ${name} is ${kindOf(value)}: it must be ${form}`);
  };
  return {
    learningRate: number("learningRate", Number.MIN_VALUE, Number.MAX_VALUE, "a finite number > 0"),
    warmupShare: number("warmupShare", 0, 1, "a number in 0 .. 1"),
    finalRateShare: number("finalRateShare", 0, 1, "a number in 0 .. 1"),
  };
}

/** The tensors and the settings of a file whose checksum and version are right. */
function openState(bytes: Uint8Array) {
  const file = decodeSafetensors(copyBytes(plainBytes("finetune", "resume", bytes)), source);
  const settings = file.metadata.get("lowrank.training");
  if (settings === undefined) throw refusal("it holds no training run of lowrank");
  if (file.metadata.get("lowrank.checksum") !== String(checksumOf(file.tensors, settings))) {
    throw refusal("its checksum is wrong: the file was changed or is damaged");
  }
  const saved = parseJsonObject(new TextEncoder().encode(settings), source);
  if (saved.version !== version) {
    throw unexpected(source, "its version", saved.version, version);
  }
  return { tensors: file.tensors, saved };
}

/** The settings that a fingerprint holds. */
function fingerprintOf(text: unknown): Record<string, unknown> {
  if (typeof text !== "string") throw refusal(`its fingerprint is ${kindOf(text)}`);
  return parseJsonObject(new TextEncoder().encode(text), source);
}

/** Of the first kind by name, of the second by number. */
function readTensors(tensors: ReadonlyMap<string, StoredTensor>) {
  const parameters = new Map<string, FloatArray>();
  const optimizer: FloatArray[] = [];
  for (const [name, tensor] of tensors) {
    if (name.startsWith(prefix)) parameters.set(name.slice(prefix.length), numbers(tensor, name));
  }
  for (let name = "optimizer.0"; tensors.has(name); name = `optimizer.${optimizer.length}`) {
    optimizer.push(numbers(tensors.get(name)!, name));
  }
  if (parameters.size + optimizer.length !== tensors.size) {
    const known = (name: string) => name.startsWith(prefix) || /^optimizer\.\d+$/.test(name);
    const odd = [...tensors.keys()].find((name) => !known(name)) ?? `optimizer.${optimizer.length}`;
    throw refusal(`tensor ${quote(odd)}: there must be the parameters and optimizer.0, 1, ...`);
  }
  return { parameters, optimizer };
}

function readLayer(
  value: unknown,
  index: number,
  parameters: ReadonlyMap<string, FloatArray>,
): PlannedLayer {
  const layer = object(`layer ${index}`, value);
  const { name } = layer;
  if (typeof name !== "string") {
    throw unexpected(source, `the name of layer ${index}`, name, "a text");
  }
  const of = `of layer ${index}`;
  const scale = finite(`the scale ${of}`, layer.scale);
  const factors = list(`the factors ${of}`, layer.factors).map((one, i) => {
    const factor = object(`factor ${i} ${of}`, one);
    const rows = integer(`the rows of factor ${i} ${of}`, factor.rows, 1, largestSize);
    const cols = integer(`the cols of factor ${i} ${of}`, factor.cols, 1, largestSize);
    const rateScale = finite(`the rateScale of factor ${i} ${of}`, factor.rateScale);
    const data = parameters.get(factorName(name, i));
    if (data?.length !== rows * cols) {
      throw refusal(
        `factor ${i} ${of} is ${rows} x ${cols}, and its tensor has ${data?.length ?? 0} entries`,
      );
    }
    const epsilon = readEpsilon(`the epsilon of factor ${i} ${of}`, factor.epsilon);
    return { matrix: new Matrix(rows, cols, data), rateScale, ...epsilon };
  });
  return { name, scale, factors };
}

const refusal = (reason: string) => new FormatError(source, reason);

function object(what: string, value: unknown): Record<string, unknown> {
  if (isJsonObject(value)) return value;
  throw unexpected(source, what, value, "an object");
}

function list(what: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw refusal(`${what}: it is ${kindOf(value)} and must be a list`);
}

function integer(what: string, value: unknown, low: number, high: number): number {
  const inside = Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
  if (inside) return value as number;
  throw unexpected(source, what, value, `an integer in ${low} .. ${high}`);
}

function finite(what: string, value: unknown): number {
  if (Number.isFinite(value)) return value as number;
  throw unexpected(source, what, value, "a finite number");
}

/** Adam's of a factor, where it has one of its own. */
function readEpsilon(what: string, value: unknown): { epsilon?: number } {
  if (value === undefined) return {};
  const rounded = Math.fround(value as number);
  if (typeof value === "number" && Number.isFinite(rounded) && rounded > 0) {
    return { epsilon: value };
  }
  throw refusal(`${what} is ${kindOf(value)}: it must be a number > 0, in f32 too`);
}

function stored(data: FloatArray): StoredTensor {
  return data instanceof Float32Array
    ? fromFloat32([data.length], data)
    : fromFloat64([data.length], data);
}

/** The numbers of a list, in the type in which they were saved. */
function numbers(tensor: StoredTensor, name: string): FloatArray {
  const { dtype, shape } = tensor;
  if ((dtype !== "F32" && dtype !== "F64") || shape.length !== 1) {
    throw refusal(
      `tensor ${quote(name)} is ${dtype} of ${shape.length} dimensions: it must be a list of F32 or F64`,
    );
  }
  const read = dtype === "F64" ? toFloat64 : toFloat32;
  const values = read(tensor, name, source) as FloatArray;
  for (let i = 0; i < values.length; i++) {
    // Of NaN and infinities the difference is NaN.
    if (values[i] - values[i] === 0) continue;
    throw refusal(`tensor ${quote(name)} holds ${values[i]} as entry ${i}: it must be finite`);
  }
  return values;
}

/** Of the settings, and of every tensor, in the order of the names. @internal */
export function checksumOf(tensors: ReadonlyMap<string, StoredTensor>, settings: string): number {
  let sum = crc32(new TextEncoder().encode(settings));
  for (const name of [...tensors.keys()].sort()) {
    sum = crc32(new TextEncoder().encode(name), sum);
    sum = crc32(tensors.get(name)!.bytes, sum);
  }
  return sum;
}

/** States of version 0.1.0 and before do not hold these. */
const heldLater = /^(weights$|lora |deep-lora )/;

/** The first setting that two runs do not share. */
function firstDifference(saved: unknown, wanted: string): string | undefined {
  if (saved === wanted) return undefined;
  const [was, is] = [saved, wanted].map(fingerprintOf);
  const text = (value: unknown) => JSON.stringify(value) ?? "missing";
  const older = !Object.keys(was).some((key) => heldLater.test(key));
  const key = Object.keys({ ...was, ...is })
    .filter((k) => !(older && heldLater.test(k)))
    .find((k) => text(was[k]) !== text(is[k]));
  return key === undefined ? undefined : `${key} was ${text(was[key])} and is ${text(is[key])}`;
}
