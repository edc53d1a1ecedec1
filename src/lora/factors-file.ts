// The factors of an adapter as they are, in a file beside PEFT's, which hold them as LoRA's two.
import { quote } from "../check/describe.js";
import { crc32 } from "../formats/checksum.js";
import { FormatError } from "../formats/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/safetensors.js";
import { fromFloat32, type StoredTensor, toFiniteFloat32 } from "../formats/stored-tensor.js";
import { parseJsonObject, unexpected } from "../formats/strict-json.js";
import { Matrix } from "../linalg/matrix.js";
import type { NamedLayerAdapter } from "./adapter.js";

const weightsFile = "adapter_model.safetensors";

export function matrixTensor(A: Matrix): StoredTensor {
  return fromFloat32([A.rows, A.cols], Float32Array.from(A.data));
}

/** The factors, "LAYER.factor_0" first, the scales, and which weights they are beside. */
export function encodeFactors(
  layers: readonly NamedLayerAdapter[],
  weights: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const tensors = layers.flatMap(({ name, factors }) =>
    factors.map((factor, i) => [`${name}.factor_${i}`, matrixTensor(factor)] as const),
  );
  const scales = Object.fromEntries(layers.map(({ name, scale }) => [name, scale]));
  return encodeSafetensors(tensors, [
    ["lowrank.scales", JSON.stringify(scales)],
    ["lowrank.weights", String(crc32(weights))],
  ]);
}

/** Our factors of the same layers that PEFT's file has. */
export function decodeFactors(
  bytes: Uint8Array,
  plain: readonly NamedLayerAdapter[],
  weights: Uint8Array,
  source: string,
): NamedLayerAdapter[] {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const fail = (reason: string) => new FormatError(source, reason);
  // PEFT writes its own files into the folder and leaves ours as they were.
  const beside = metadata.get("lowrank.weights");
  if (beside !== undefined && beside !== String(crc32(weights))) {
    throw fail(`it was written beside another ${weightsFile}: remove it if that one is newer`);
  }
  const text = metadata.get("lowrank.scales") ?? "null";
  const scales = parseJsonObject(new TextEncoder().encode(text), source);
  const known = new Set(plain.map(({ name }) => name));
  const other =
    plain.find(({ name }) => !Object.hasOwn(scales, name))?.name ??
    Object.keys(scales).find((name) => !known.has(name));
  if (other !== undefined) {
    const pair = `it and ${weightsFile}`;
    throw fail(`only one of ${pair} has ${quote(other)}: the two must be of one adapter`);
  }
  const used = new Set<string>();
  const layers = Object.entries(scales).map(([name, scale]) => {
    if (!Number.isFinite(scale))
      throw unexpected(source, `the scale of ${name}`, scale, "a number");
    const factors: Matrix[] = [];
    for (let i = 0; tensors.has(`${name}.factor_${i}`); i++) {
      const tensor = tensors.get(`${name}.factor_${i}`)!;
      used.add(`${name}.factor_${i}`);
      const [rows, cols] = tensor.shape;
      const before = factors[i - 1];
      if (tensor.shape.length !== 2 || (before && before.rows !== cols)) {
        throw fail(
          `factor ${i} of ${name} is (${tensor.shape.join(", ")}): it must be a matrix that takes ` +
            "what the one before it gives",
        );
      }
      factors.push(new Matrix(rows, cols, toFiniteFloat32(tensor, name, source)));
    }
    if (factors.length < 2) {
      throw fail(`${name} has ${factors.length} factors: it must have 2 or more`);
    }
    return { name, factors, scale: scale as number };
  });
  const unread = [...tensors.keys()].find((key) => !used.has(key));
  if (unread === undefined) return layers;
  throw fail(`tensor ${quote(unread)} is not a factor of a layer`);
}
