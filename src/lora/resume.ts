// Whether a saved run fits the one that is to go on from it.

import { quote } from "../check/describe.js";
import { crc32 } from "../formats/checksum.js";
import { FormatError } from "../formats/errors.js";
import type { ModelFiles } from "../formats/model-files.js";
import type { Encoder } from "../transformer/encoder.js";
import type { FloatArray } from "../wasm/index.js";
import { factorName } from "./adaptation.js";
import type { EncodedExample } from "./encoded-examples.js";
import type { FinetuneSettings } from "./finetune-options.js";
import type { TextModel } from "./text-model.js";
import type { SavedTraining } from "./training-state.js";

/** What a saved run must have in common with one that goes on from it, as JSON. */
export function fingerprintOf(
  { method, task, steps, warmupShare, ...numbers }: FinetuneSettings,
  { encoder: { config, dtype }, files }: TextModel,
  examples: readonly EncodedExample[],
): string {
  const ofMethod = Object.entries(method.settings ?? {});
  const bytes = new TextEncoder().encode(
    JSON.stringify(
      examples.map(({ texts, targets }) => [
        ...texts.map(({ ids }) => Array.from(ids)),
        ...targets,
      ]),
    ),
  );
  return JSON.stringify({
    ...{ method: method.name, task, ...numbers, dtype, config },
    ...Object.fromEntries(ofMethod.map(([key, value]) => [`${method.name} ${key}`, value])),
    weights: weightsSample(files),
    // Runs from before there was a warm-up had none, and do not name it.
    warmupShare: warmupShare === 0 ? undefined : warmupShare,
    // A rate that stays does not know how long the run is: it may be made longer.
    steps: warmupShare === 0 && numbers.finalRateShare === 1 ? "any" : steps,
    examples: `${examples.length} with checksum ${crc32(bytes)}`,
  });
}

/**
 * A checksum that tells a model's weights from another's: of a part of each 64th of their files, so
 * that a save costs the same whatever the model's size.
 */
function weightsSample({ weights }: ModelFiles): string {
  let sum = 0;
  for (const bytes of weights.values()) {
    const size = bytes.length / 64;
    for (let part = 0; part < 64; part++) {
      const start = Math.floor(part * size);
      sum = crc32(bytes.subarray(start, start + Math.min(Math.ceil(size), 4096)), sum);
    }
  }
  return `checksum ${sum}`;
}

const refusal = (reason: string) => new FormatError("training state", reason);

/**
 * Before the additions are put on the encoder.
 *
 * @throws FormatError when they are of layers that it does not have, or do not fit them.
 */
export function checkLayers({ layers }: SavedTraining, encoder: Encoder): void {
  const known = new Set(encoder.linearNames);
  for (const { name, factors } of layers) {
    // Taken out, so that a layer that comes twice is unknown the second time.
    if (!known.delete(name)) {
      throw refusal(`it adds to ${quote(name)}: the model must have that layer, and once`);
    }
    const { rows, cols } = encoder.linearShape(name);
    const sizes = [cols, ...factors.map(({ matrix }) => matrix.rows)];
    const chained = factors.every(({ matrix }, i) => matrix.cols === sizes[i]);
    if (factors.length >= 2 && chained && sizes[factors.length] === rows) continue;
    throw refusal(
      `its ${factors.length} factors of ${name} do not lead from ${cols} to ${rows}, the layer's sizes`,
    );
  }
}

/**
 * When everything that is trained is in the encoder: each of its tensors must be there, with its
 * size, and nothing else.
 *
 * @throws FormatError that names the tensor.
 */
export function checkTensors(saved: SavedTraining, encoder: Encoder): void {
  const { parameters } = encoder;
  const { trained } = parameters;
  const factors = saved.layers.flatMap(({ name, factors }) =>
    factors.map((_, i) => factorName(name, i)),
  );
  const names = new Set([...trained.map(({ name }) => name), ...factors]);
  for (const name of names) {
    const { rows, cols } = parameters.shape(name);
    checkSize(`parameter.${name}`, saved.parameters.get(name), rows * cols);
  }
  const other = [...saved.parameters.keys()].find((name) => !names.has(name));
  if (other !== undefined) throw refusal(`this run does not train its tensor ${quote(other)}`);
  // AdamW keeps a mean and a mean square of each tensor; of those at a standstill it keeps none.
  const moved = trained.filter(({ rateScale }) => rateScale !== 0);
  if (saved.optimizer.length !== 2 * moved.length) {
    throw refusal(
      `it holds ${saved.optimizer.length} buffers of the optimizer: there must be ${2 * moved.length}`,
    );
  }
  saved.optimizer.forEach((buffer, i) => {
    const { rows, cols } = moved[Math.floor(i / 2)].tensor;
    checkSize(`optimizer.${i}`, buffer, rows * cols);
    const negative = i % 2 === 1 ? buffer.findIndex((square: number) => square < 0) : -1;
    if (negative < 0) return;
    throw refusal(
      `tensor "optimizer.${i}" holds ${buffer[negative]} as entry ${negative}: squares must be >= 0`,
    );
  });

  function checkSize(name: string, data: FloatArray | undefined, wanted: number): void {
    const wide = parameters.dtype === "f64";
    if (data?.length === wanted && data instanceof Float64Array === wide) return;
    const found = data ? `${data.length} of ${data instanceof Float64Array ? "F64" : "F32"}` : "no";
    throw refusal(
      `its tensor ${quote(name)} has ${found} entries: it must have ${wanted} of ${wide ? "F64" : "F32"}`,
    );
  }
}
