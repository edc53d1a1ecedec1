// A training run as bytes: a safetensors file of parameters and optimizer state, with a checksum over
// all of it, since the format itself would read a changed number.
import { copyBytes, plainBytes } from "../io/bytes.js";
import { crc32 } from "../io/checksum.js";
import { FormatError } from "../io/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../io/safetensors.js";
import {
  fromFloat32,
  fromFloat64,
  type StoredTensor,
  toFloat32,
  toFloat64,
} from "../io/stored-tensor.js";
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

const version = "1";

export function encodeState(state: SavedTraining): Uint8Array<ArrayBuffer> {
  const tensors: [string, StoredTensor][] = [
    ...Array.from(state.parameters, ([name, data]) => [`parameter.${name}`, stored(data)] as const),
    ...state.optimizer.map((data, i) => [`optimizer.${i}`, stored(data)] as const),
  ].map(([name, tensor]) => [name, tensor]);
  const layers = state.layers.map(({ name, scale, factors }) => ({
    name,
    scale,
    factors: factors.map(({ matrix: { rows, cols }, rateScale = 1 }) => ({
      rows,
      cols,
      rateScale,
    })),
  }));
  const { fingerprint, stepCount } = state;
  const settings = JSON.stringify({ version, fingerprint, stepCount, layers });
  const checksum = String(checksumOf(new Map(tensors), settings));
  return encodeSafetensors(tensors, [
    ["lowrank.training", settings],
    ["lowrank.checksum", checksum],
  ]);
}

/**
 * A saved run.
 *
 * @param fingerprint - what this run has; a saved one with another is refused.
 * @throws FormatError when the bytes are no whole, unchanged state, or of another run.
 */
export function decodeState(given: Uint8Array, fingerprint: string): SavedTraining {
  const source = "training state";
  const bytes = copyBytes(plainBytes("finetune", "resume", given));
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const settings = metadata.get("lowrank.training");
  if (settings === undefined) throw new FormatError(source, "it holds no training run of lowrank");
  if (metadata.get("lowrank.checksum") !== String(checksumOf(tensors, settings))) {
    throw new FormatError(source, "its checksum is wrong: the file was changed or is damaged");
  }
  const saved = JSON.parse(settings);
  if (saved.version !== version) {
    throw new FormatError(source, `its version is ${saved.version}: it must be ${version}`);
  }
  if (saved.fingerprint !== fingerprint) {
    throw new FormatError(
      source,
      `it is of another run: ${firstDifference(saved.fingerprint, fingerprint)}`,
    );
  }
  const entries = (name: string) => numbers(tensors.get(name)!, name, source);
  const parameters = new Map(
    [...tensors.keys()]
      .filter((name) => name.startsWith("parameter."))
      .map((name) => [name.slice("parameter.".length), entries(name)]),
  );
  const layers: PlannedLayer[] = saved.layers.map((layer: SavedLayer) => ({
    ...layer,
    factors: layer.factors.map(({ rows, cols, rateScale }, i) => ({
      matrix: new Matrix(rows, cols, parameters.get(factorName(layer.name, i))!),
      rateScale,
    })),
  }));
  const count = [...tensors.keys()].filter((name) => name.startsWith("optimizer.")).length;
  const optimizer = Array.from({ length: count }, (_, i) => entries(`optimizer.${i}`));
  return { fingerprint, stepCount: saved.stepCount, layers, parameters, optimizer };
}

interface SavedLayer {
  name: string;
  scale: number;
  factors: { rows: number; cols: number; rateScale: number }[];
}

function stored(data: FloatArray): StoredTensor {
  return data instanceof Float32Array
    ? fromFloat32([data.length], data)
    : fromFloat64([data.length], data);
}

function numbers(tensor: StoredTensor, name: string, source: string): FloatArray {
  const read = tensor.dtype === "F64" ? toFloat64 : toFloat32;
  return read(tensor, name, source) as FloatArray;
}

function checksumOf(tensors: ReadonlyMap<string, StoredTensor>, settings: string): number {
  let sum = crc32(new TextEncoder().encode(settings));
  for (const name of [...tensors.keys()].sort()) {
    sum = crc32(new TextEncoder().encode(name), sum);
    sum = crc32(tensors.get(name)!.bytes, sum);
  }
  return sum;
}

/** The first setting that two runs do not share. */
function firstDifference(saved: string, wanted: string): string {
  const [was, is] = [JSON.parse(saved), JSON.parse(wanted)];
  const text = (value: unknown) => JSON.stringify(value) ?? "missing";
  const key = Object.keys({ ...was, ...is }).find((k) => text(was[k]) !== text(is[k]));
  return `${key} was ${text(was[key!])} and is ${text(is[key!])}`;
}
