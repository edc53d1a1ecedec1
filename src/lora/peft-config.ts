// PEFT's adapter_config.json, written and read: every key of it is followed, known to change nothing,
// or refused.

import { quote } from "../check/describe.js";
import { FormatError } from "../formats/errors.js";
import { kindOf, parseJsonObject, unexpected } from "../formats/strict-json.js";
import type { EncoderFamily } from "../transformer/config.js";
import { headLayers } from "../transformer/head.js";
import type { Adapter } from "./adapter.js";
import type { Budget } from "./pattern.js";
import {
  moduleNames,
  type NameTest,
  patternsByName,
  type Setting,
  targetTest,
} from "./peft-names.js";

/** What of adapter_config.json decides about the numbers. Modules are named from the model's root. */
export interface PeftConfig {
  readonly source: string;
  readonly taskType: "SEQ_CLS" | "FEATURE_EXTRACTION" | undefined;
  /** Endings of the names of modules that were trained whole. */
  readonly modulesToSave: readonly string[];
  /** Whether a linear layer is adapted. */
  readonly targets: NameTest;
  /** Whether the file names its layers, or leaves them to PEFT. */
  readonly namesTargets: boolean;
  /** @throws FormatError when it is not the rank of the layer's tensors. */
  scale(layer: string, rank: number): number;
}

/** What a file that is not read can be turned into. */
const merged =
  "merge it with PEFT, whose merge_and_unload().save_pretrained(...) writes a whole model";

/** Keys about training, or about where a file comes from: the numbers do not depend on them. */
const harmless = [
  ...["base_model_name_or_path", "revision", "peft_version", "inference_mode", "runtime_config"],
  // PEFT takes it back for linear layers, and encoders have no others.
  ...["lora_dropout", "fan_in_fan_out", "merge_weights", "ensure_weight_tying"],
  // Of settings that are refused by a key of their own.
  ...["megatron_core", "qalora_group_size", "loftq_config", "eva_config", "corda_config"],
  ...["lora_ga_config", "auto_mapping"],
] as const;

const followed = [
  ...["peft_type", "task_type", "bias", "init_lora_weights", "use_rslora", "r", "lora_alpha"],
  ...["rank_pattern", "alpha_pattern", "target_modules", "exclude_modules", "modules_to_save"],
  ...["layers_to_transform", "layers_pattern"],
] as const;

type PeftKey = (typeof harmless)[number] | (typeof followed)[number];
const known = new Set<string>([...harmless, ...followed]);

/** Whether it brings a head of its own. */
export const judges = ({ head, family }: Adapter) =>
  head.has(`${headLayers[family].output}.weight`);

export const moduleOf = (tensor: string) => tensor.replace(/\.\w+$/, "");
/** What PEFT 0.21 reads; `r` is the most frequent rank, the others are in `rank_pattern`. */
export function writePeftConfig(
  adapter: Adapter,
  ranks: Readonly<Record<string, number>>,
  baseModel?: string,
): Partial<Record<PeftKey, unknown>> {
  const all = Object.values(ranks);
  const times = (r: number) => all.filter((other) => other === r).length;
  const r = all.reduce((best, one) => (times(one) > times(best) ? one : best), all[0] ?? 8);
  const others = Object.entries(ranks).filter(([, one]) => one !== r);
  const pattern = Object.fromEntries(others.map(([name, one]) => [name, one]));
  const whole = [...adapter.tensors.keys()];
  const withWeight = whole.filter((name) => whole.includes(`${moduleOf(name)}.weight`));
  const headWeights = [...adapter.head.keys()].filter((name) => name.endsWith(".weight"));
  const modules = [
    ...(judges(adapter) ? headWeights.map((name) => name.split(".")[0]) : []),
    ...withWeight.map(moduleOf).filter((module) => !Object.hasOwn(ranks, module)),
  ];
  return {
    peft_type: "LORA",
    task_type: judges(adapter) ? "SEQ_CLS" : adapter.fromModel ? null : "FEATURE_EXTRACTION",
    base_model_name_or_path: baseModel ?? null,
    r,
    lora_alpha: r,
    rank_pattern: pattern,
    alpha_pattern: pattern,
    use_rslora: false,
    target_modules: adapter.layers.map(({ name }) => name),
    modules_to_save: modules.length > 0 ? [...new Set(modules)] : null,
    bias: whole.length > withWeight.length ? "all" : "none",
    fan_in_fan_out: false,
    lora_dropout: 0,
    inference_mode: true,
    init_lora_weights: true,
  };
}

/** Starts after which the model's own weights are what they were. */
const plainStarts: readonly unknown[] = [
  ...[undefined, null, true, false],
  ...["gaussian", "eva", "orthogonal", "mica"],
];

/**
 * A PEFT configuration of LoRA.
 *
 * @throws FormatError that names the key when it says something that is not understood.
 */
export function readPeftConfig(
  bytes: Uint8Array,
  family: EncoderFamily,
  source: string,
): PeftConfig {
  const json = parseJsonObject(bytes, source);
  const refuse = (key: string, wanted: string): never => {
    throw new FormatError(source, `${key} is ${kindOf(json[key])}: ${wanted}`);
  };
  if (json.peft_type !== "LORA") refuse("peft_type", `it must be LORA, or ${merged}`);
  for (const key of Object.keys(json)) {
    if (known.has(key) || isOff(json[key])) continue;
    const name = /^\w{1,40}$/.test(key) ? key : quote(key);
    const is = kindOf(json[key]);
    throw new FormatError(source, `${name} is ${is}: adapters with it are not read: ${merged}`);
  }
  if (!plainStarts.includes(json.init_lora_weights)) {
    refuse(
      "init_lora_weights",
      "it changes the model's own weights when the adapter is made: save it with PEFT's " +
        "save_pretrained(..., path_initial_model_for_weight_conversion=...), or merged",
    );
  }
  if (![undefined, "none", "all", "lora_only"].includes(json.bias as string | undefined)) {
    refuse("bias", "it must be none, all or lora_only");
  }
  if (![undefined, null, false, true].includes(json.use_rslora as boolean | null | undefined)) {
    refuse("use_rslora", "it must be true or false");
  }
  const taskType = taskTypeOf(json, refuse);
  checkModelClass(json.auto_mapping, source);

  const at = (key: string, value: unknown) => ({ key, value, source });
  const rank = patternsByName(at("rank_pattern", json.rank_pattern), checkRank, budgetOf());
  const alpha = patternsByName(at("alpha_pattern", json.alpha_pattern), checkAlpha, budgetOf());
  const r = checkRank(at("r", json.r === undefined ? 8 : json.r));
  const usual = checkAlpha(at("lora_alpha", json.lora_alpha === undefined ? 8 : json.lora_alpha));
  // PEFT counts the head of its classifiers in, whatever the file says.
  const head = taskType === "SEQ_CLS" ? ["classifier", "score"] : [];
  const modulesToSave = [...moduleNames(at("modules_to_save", json.modules_to_save)), ...head];
  return {
    source,
    taskType,
    modulesToSave,
    namesTargets: !isOff(json.target_modules),
    targets: targetTest(json, modulesToSave, family, source, budgetOf()),
    scale(layer, tensorRank) {
      const stated = rank(layer) ?? r;
      if (stated !== tensorRank) {
        const is = `the rank of ${quote(layer)} is ${stated}`;
        throw new FormatError(source, `${is}, and its tensors have ${tensorRank}`);
      }
      return (alpha(layer) ?? usual) / (json.use_rslora ? Math.sqrt(stated) : stated);
    },
  };
}

/** What all patterns under one key may cost; PEFT's users write a few. */
const budgetOf = (): Budget => ({ states: 2000 });

/** What Python holds for false, and so a feature that is not used. */
function isOff(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === null || value === undefined || value === false || value === 0 || value === "";
}

function taskTypeOf(
  { task_type: type }: Record<string, unknown>,
  refuse: (key: string, wanted: string) => never,
): PeftConfig["taskType"] {
  if (type === undefined || type === null) return undefined;
  if (type === "SEQ_CLS" || type === "FEATURE_EXTRACTION") return type;
  return refuse(
    "task_type",
    "it must be SEQ_CLS, FEATURE_EXTRACTION or null: texts are judged or embedded",
  );
}

/** A head of another task has the names of a classifier's, and other meanings. */
function checkModelClass(mapping: unknown, source: string): void {
  const { base_model_class: name } = Object(mapping) as { base_model_class?: unknown };
  const other = /For(?!SequenceClassification|MaskedLM|PreTraining)/;
  if (typeof name !== "string" || !other.test(name)) return;
  const wanted = "it must be for a model that judges or embeds texts";
  throw new FormatError(source, `auto_mapping: the adapter is for ${quote(name)}: ${wanted}`);
}

function checkRank({ key, value, source }: Setting): number {
  if (Number.isInteger(value) && (value as number) > 0) return value as number;
  throw unexpected(source, key, value, "a positive integer");
}

function checkAlpha({ key, value, source }: Setting): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw unexpected(source, key, value, "a number");
}
