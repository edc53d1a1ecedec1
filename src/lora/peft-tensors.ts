// What the tensors of PEFT's adapter_model.safetensors are, by their names: factors of a layer, or
// tensors of the model that were trained whole. Every tensor finds its place or is refused.

import { quote } from "../check/describe.js";
import { FormatError } from "../formats/errors.js";
import { type StoredTensor, toFiniteFloat32 } from "../formats/stored-tensor.js";
import { Matrix } from "../linalg/matrix.js";
import type { EncoderFamily, WeightTensor } from "../transformer/config.js";
import { headLayers } from "../transformer/head.js";
import { embeddingNames, layerNames, poolerName, relativeName } from "../transformer/names.js";
import type { NamedLayerAdapter } from "./adapter.js";
import type { PeftConfig } from "./peft-config.js";

interface PeftTensors {
  readonly layers: NamedLayerAdapter[];
  /** Tensors of the head and of the pooler below it. */
  readonly head: Map<string, WeightTensor>;
  /** Tensors of the encoder, by names from its root. */
  readonly tensors: Map<string, WeightTensor>;
  /** Whether the encoder had a name in the model, as it has in one with a head: "bert.encoder". */
  readonly inModel: boolean;
  /** Layers of the model that it was trained on; undefined where the files do not tell. */
  readonly depth: number | undefined;
}

type Kind = "linear" | "norm" | "table" | "head";

/** The modules of an encoder of the family, of its layers layer 0's, and of the head. */
function modulesOf(family: EncoderFamily): Map<string, Kind> {
  const { attentionNorm, outputNorm, ...linears } = layerNames({ family }, 0);
  const { dense, output } = headLayers[family];
  return new Map<string, Kind>([
    ...Object.values(linears).map((name) => [name, "linear"] as const),
    ...[attentionNorm, outputNorm, embeddingNames.norm].map((name) => [name, "norm"] as const),
    ...[embeddingNames.word, embeddingNames.position, embeddingNames.type, relativeName].map(
      (name) => [name, "table"] as const,
    ),
    ...[dense, output, poolerName].map((name) => [name, "head"] as const),
  ]);
}

/** A tensor's name without PEFT's prefix; the end of a long one. */
function shown(key: string): string {
  const name = key.replace(/^base_model\.model\./, "");
  return quote(name.length > 40 ? `…${name.slice(-39)}` : name);
}

/** Sorts the tensors; A and B of a layer become a pair. */
export function sortTensors(
  stored: ReadonlyMap<string, StoredTensor>,
  config: PeftConfig,
  family: EncoderFamily,
  source: string,
): PeftTensors {
  const refuse = (key: string, reason: string): never => {
    throw new FormatError(source, `tensor ${shown(key)} ${reason}`);
  };
  const kinds = modulesOf(family);
  const pairs = new Map<string, { full: string; A?: Matrix; B?: Matrix }>();
  const whole = new Map<string, WeightTensor & { key: string; inLayer: boolean }>();
  const copies: { key: string; name: string; data: Float32Array | undefined }[] = [];
  const prefixes = new Set<string>();
  const inLayers = new Set([0]);

  for (const [key, tensor] of stored) {
    const { shape } = tensor;
    const { full, place, part } = placeOf(key) ?? refuse(key, "is of an adapter of another kind");
    const prefix = full.startsWith(`${family}.`) ? `${family}.` : "";
    const module = full.slice(prefix.length);
    const [, index] = /\.layer\.(0|[1-9]\d?)\./.exec(module) ?? [];
    const kind = kinds.get(index === undefined ? module : module.replace(`.${index}.`, ".0."));
    if (!kind)
      refuse(key, `is of no part of a ${family} encoder: is the adapter of another model?`);
    if (kind !== "head" || module === poolerName) prefixes.add(prefix);
    inLayers.add(Number(index ?? 0));
    const vector = part === "bias" || (kind === "norm" && place === "");
    if (shape.length !== (vector ? 1 : 2) || shape.includes(0)) {
      const wanted = vector ? "a vector, not empty" : "a matrix, not empty";
      refuse(key, `has the shape (${shape.slice(0, 8).join(", ")}): it must be ${wanted}`);
    }
    const data = toFiniteFloat32(tensor, key, source);
    const name = `${module}.${part}`;
    if (place === "lora_A" || place === "lora_B") {
      if (kind === "norm" || kind === "table") refuse(key, "adapts what is not a linear layer");
      const pair = pairs.get(module) ?? { full };
      const side = place === "lora_A" ? "A" : "B";
      if (pair[side] || pair.full !== full) refuse(key, "is there twice");
      pairs.set(module, { ...pair, [side]: new Matrix(shape[0], shape[1], data) });
    } else if (place === "copy" || place === "original") {
      copies.push({ key, name, data: place === "copy" ? data : undefined });
    } else {
      if (whole.has(name)) refuse(key, "is there twice");
      whole.set(name, { key, shape, data, inLayer: place === "base_layer" });
    }
  }
  if (prefixes.size > 1)
    throw new FormatError(source, `some names begin with ${family}., some not`);

  // PEFT writes these beside the tensor that counts: bias "all" finds them by their names.
  for (const { key, name, data } of copies) {
    const counts = whole.get(name);
    if (!counts) refuse(key, `has no ${name} beside it`);
    if (data?.some((value, i) => value !== counts?.data[i])) refuse(key, `is not equal to ${name}`);
  }
  for (const [name, { key, inLayer }] of whole) {
    if (pairs.has(name.replace(/\.\w+$/, "")) === inLayer) continue;
    refuse(
      key,
      inLayer ? "is of a layer that has no factors" : "is of a layer that has factors too",
    );
  }
  const inModel = prefixes.size === 0 || !prefixes.has("");
  const root = inModel ? `${family}.` : "";
  const layers = Array.from(pairs, ([name, pair]) => layerOf(name, pair, config, source));
  const depth = checkWhole({ kinds, pairs, whole, root, inLayers }, config, source);
  const head = new Map<string, WeightTensor>();
  const tensors = new Map<string, WeightTensor>();
  for (const [name, { shape, data }] of whole) {
    const isHead = kinds.get(name.replace(/\.\w+$/, "")) === "head";
    (isHead ? head : tensors).set(name, { shape, data });
  }
  return { layers, head, tensors, inModel, depth };
}

/** A tensor's name in parts: the module from the model's root, PEFT's place in it, weight or bias. */
function placeOf(key: string) {
  const name = key.replace(/^base_model\.model\./, "");
  const wrapper = /\.(modules_to_save(?:\.default)?|original_module)(?=\.)/.exec(name);
  const [, full, place, part] =
    /^(.+?)(?:\.(lora_[AB](?:\.default)?|base_layer))?\.(weight|bias)$/.exec(
      wrapper ? name.replace(wrapper[0], "") : name,
    ) ?? [];
  if (full === undefined || /(^|[._])lora_|\.token_adapter/.test(full)) return undefined;
  if (wrapper) {
    const original = wrapper[1] === "original_module";
    return place ? undefined : { full, part, place: original ? "original" : "copy" };
  }
  // A bias of lora_B is asked for by lora_bias, which is refused.
  if (place?.startsWith("lora_")) {
    return part === "weight" ? { full, part, place: place.slice(0, 6) } : undefined;
  }
  return { full, part, place: place ?? "" };
}

function layerOf(
  name: string,
  { full, A, B }: { full: string; A?: Matrix; B?: Matrix },
  config: PeftConfig,
  source: string,
): NamedLayerAdapter {
  if (!A || !B || A.rows !== B.cols) {
    const shape = (M?: Matrix) => (M ? `${M.rows} x ${M.cols}` : "missing");
    throw new FormatError(
      source,
      `of ${name}, lora_A is ${shape(A)} and lora_B is ${shape(B)}: ` +
        "there must be both, with the same rank",
    );
  }
  if (!config.targets(full)) {
    const { source: configSource } = config;
    throw new FormatError(
      configSource,
      `target_modules and its exceptions leave ${name} out, and ${source} has factors of it`,
    );
  }
  return { name, factors: [A, B], scale: config.scale(full, A.rows) };
}

interface Found {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly pairs: ReadonlyMap<string, unknown>;
  readonly whole: ReadonlyMap<string, unknown>;
  /** The beginning of the encoder's names. */
  readonly root: string;
  /** The layers that tensors are of, and the first. */
  readonly inLayers: ReadonlySet<number>;
}

/**
 * Refuses files that lack a part of what their configuration names, in the layers that they know.
 *
 * @returns the number of layers, where the configuration would name one more in a deeper model.
 */
function checkWhole(found: Found, config: PeftConfig, source: string): number | undefined {
  const { kinds, pairs, whole, root } = found;
  const named = config.namesTargets;
  const modules = [...kinds].filter(([name]) => name.includes(".0."));
  const linears = modules.filter(([, kind]) => kind === "linear").map(([name]) => name);
  const at = (name: string, i: number) => name.replace(".0.", `.${i}.`);
  const lacks = (name: string, key: string): never => {
    throw new FormatError(
      source,
      `there is nothing of ${name}, which ${key} of the configuration names`,
    );
  };
  const saved = (full: string) => {
    const path = full.split(".");
    const paths = path.map((_, i) => path.slice(0, i + 1).join("."));
    return paths.some((one) => config.modulesToSave.some((end) => one.endsWith(end)));
  };
  const checkSaved = (name: string, kind: Kind, full: string) => {
    const parts = kind === "table" ? ["weight"] : ["weight", "bias"];
    if (!saved(full) || parts.every((part) => whole.has(`${name}.${part}`))) return;
    lacks(name, kind === "head" ? "task_type or modules_to_save" : "modules_to_save");
  };
  const last = Math.max(...found.inLayers);
  // Gaps no further than there are factors, so that a few bytes cannot ask for many layers.
  const gaps = Array.from({ length: Math.min(last, pairs.size) }, (_, i) => i);
  for (const i of new Set([...gaps, ...found.inLayers])) {
    for (const [name, kind] of modules) checkSaved(at(name, i), kind, root + at(name, i));
    for (const name of linears.map((one) => at(one, i))) {
      if (named && !pairs.has(name) && config.targets(root + name)) lacks(name, "target_modules");
    }
  }
  for (const [name, kind] of kinds) {
    // Models of some classes have no pooler, families no types or relative positions.
    const always =
      kind === "head" ? root !== "" && name !== poolerName : name === embeddingNames.word;
    if (always) checkSaved(name, kind, kind === "head" ? name : root + name);
  }
  const next = last + 1;
  return named && linears.some((name) => config.targets(root + at(name, next))) ? next : undefined;
}
