// Where the adapters of a setting start, on their model, and what a certificate's coefficients make of it.
import { coefficientsOf, type QuantizedCoefficients } from "../bounds/coefficients.js";
import { ModelFileError } from "../completion/model-file-error.js";
import { crc32 } from "../formats/checksum.js";
import { leftOver } from "../maps/kronecker.js";
import { Block } from "../wasm/index.js";
import { type Adaptation, attach } from "./adaptation.js";
import type { Adapter } from "./adapter.js";
import type { AdapterSetting } from "./adapter-certificate.js";
import { methods } from "./methods.js";
import { readAdapter } from "./read-adapter.js";
import { bindSubspace } from "./subspace-training.js";
import { taskHead } from "./task-head.js";
import type { TextModel } from "./text-model.js";

/** What a setting says of the additions. */
type Additions = Pick<AdapterSetting, "method" | "rank" | "layers" | "seed">;
/** What it says of where an adapter starts. */
type Start = Additions & Pick<AdapterSetting, "task" | "trainHead" | "maxTokens">;

/** More trained numbers are refused: a file may ask for any number of them. */
const mostTrained = 2 ** 26;

/** The method of a setting. Its start is the seed's alone. */
export function methodOf(
  { encoder }: TextModel,
  { method, rank, layers, seed }: Additions,
): Adaptation {
  const targets = encoder.linearNames.filter((_, i) =>
    layers.some(([start, end]) => i >= start && i < end),
  );
  return methods[method].make({ ...{ rank, seed, fromSeed: true }, targets });
}

/**
 * Puts the start of a setting on the encoder; `encoder.reset()` takes it back.
 *
 * @throws RangeError when the model does not have the layers, or they take no such additions.
 */
function placeStart(model: TextModel, setting: Start) {
  const { encoder } = model;
  const { layers, rank, task, seed, maxTokens, trainHead } = setting;
  const count = encoder.linearNames.length;
  const last = layers.at(-1)?.[1] ?? 0;
  if (last > count) throw new RangeError(`layer ${last - 1} is adapted: the model has ${count}`);
  encoder.reset();
  const head = taskHead(model, task, { maxTokens, seed });
  const adaptation = methodOf(model, setting);
  const shapes = encoder.linearNames
    .filter((_, i) => layers.some(([start, end]) => i >= start && i < end))
    .map((name) => encoder.linearShape(name));
  const narrow = shapes.find(({ rows, cols }) => rank > Math.min(rows, cols));
  if (narrow) {
    throw new RangeError(
      `rank is ${rank} and a layer is ${narrow.rows} x ${narrow.cols}: it must be at most the smaller side`,
    );
  }
  const wide = shapes.reduce((sum, { rows, cols }) => sum + rows + cols, 0);
  if (rank * wide > mostTrained) {
    throw new RangeError(`rank is ${rank}: at most ${mostTrained} numbers may be trained`);
  }
  const planned = adaptation.plan(encoder);
  attach(encoder, planned);
  if (trainHead) for (const name of head.names) encoder.parameters.train(name);
  return { head, adaptation, planned };
}

/** How many numbers a setting trains, or rather its coefficients move. @throws as `placeStart`. */
export function trainedNumbers(model: TextModel, setting: Start): number {
  try {
    placeStart(model, setting);
    return model.encoder.parameters.trained.reduce((sum, { tensor }) => sum + tensor.length, 0);
  } finally {
    model.encoder.reset();
  }
}

/** What a dimension cannot be among so many numbers, in words; undefined where it can. */
export function dimensionFault(size: number, dimension: number): string | undefined {
  if (dimension > size) return `dimension is ${dimension}: only ${size} numbers are trained`;
  const { rows, cols } = leftOver(size, dimension);
  if (cols <= rows) return undefined;
  return `dimension is ${dimension}: it must be a square where ${size} numbers are trained`;
}

/**
 * The adapter that a certificate is.
 *
 * @throws ModelFileError when it is not one of this model.
 */
export function decodedAdapter(
  model: TextModel,
  { setting, ...coefficients }: { setting: AdapterSetting } & QuantizedCoefficients,
): Adapter {
  const { encoder } = model;
  if (modelChecksum(model) !== setting.modelChecksum) {
    throw new ModelFileError("its adapter is of another model, or of other weights of it");
  }
  try {
    const { head, adaptation, planned } = placeStart(model, setting);
    const { job, parameters } = encoder;
    const tensors = parameters.trained.map(({ tensor }) => tensor);
    const size = tensors.reduce((sum, { length }) => sum + length, 0);
    const fault = dimensionFault(size, setting.dimension);
    if (fault !== undefined) throw new RangeError(fault);
    const data = coefficientsOf(coefficients);
    const w = Block.put(job, { dtype: "f32", rows: data.length, cols: 1, data });
    bindSubspace(tensors, setting).place(w);
    return readAdapter(encoder, {
      ...{ method: adaptation, task: setting.task, layers: planned },
      ...{ head: head.names, tensors: [] },
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ModelFileError(`it does not fit the model: ${error.message}`);
  } finally {
    encoder.reset();
  }
}

/** CRC-32 of all that a model computes with: configuration, tokenizer, and weights as they are. */
export function modelChecksum({ encoder, files }: TextModel): number {
  encoder.reset();
  const { config, parameters } = encoder;
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  let sum = crc32(text(config));
  if (files.tokenizer) sum = crc32(files.tokenizer, sum);
  for (const [name, bytes] of [...(files.others ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
    sum = crc32(bytes, crc32(text(name), sum));
  }
  for (const name of parameters.names) {
    sum = crc32(text(name), sum);
    const { buffer, byteOffset, byteLength } = parameters.read(name);
    sum = crc32(new Uint8Array(buffer, byteOffset, byteLength), sum);
  }
  return sum;
}

/** CRC-32 of an adapter's numbers: equal on every engine. */
export function adapterChecksum({ layers, head }: Adapter): number {
  const all = [
    ...layers.flatMap(({ factors }) => factors.map(({ data }) => data)),
    ...Array.from(head.values(), ({ data }) => data),
  ];
  return all.reduce(
    (sum, { buffer, byteOffset, byteLength }) =>
      crc32(new Uint8Array(buffer, byteOffset, byteLength), sum),
    0,
  );
}
