import { FormatError } from "../io/errors.js";
import { kindOf, parseJsonObject } from "../io/strict-json.js";

/** What of adapter_config.json decides about the numbers. */
export interface PeftConfig {
  r: number;
  alpha: number;
  rankStabilized: boolean;
  rankPattern: Readonly<Record<string, unknown>>;
  alphaPattern: Readonly<Record<string, unknown>>;
  source: string;
}

/** Settings that change what the tensors mean, and the values under which we know it. */
const understood: Record<string, readonly unknown[]> = {
  peft_type: ["LORA"],
  bias: ["none", undefined],
  fan_in_fan_out: [false, undefined, null],
  use_dora: [false, undefined, null],
  use_qalora: [false, undefined, null],
  alora_invocation_tokens: [undefined, null],
};

/**
 * A PEFT configuration of LoRA.
 *
 * @throws FormatError that names the key when the adapter is of a kind that is not understood.
 */
export function readPeftConfig(bytes: Uint8Array, source: string): PeftConfig {
  const json = parseJsonObject(bytes, source);
  for (const [key, values] of Object.entries(understood)) {
    if (values.includes(json[key])) continue;
    throw new FormatError(
      source,
      `${key} is ${kindOf(json[key])}: it must be ${values.filter((v) => v != null).join(" or ") || "absent"}`,
    );
  }
  const number = (key: string, fallback?: number) => positive(json[key] ?? fallback, key, source);
  const pattern = (key: string) => {
    const value = json[key] ?? {};
    if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new FormatError(source, `${key} is ${kindOf(value)}: it must be an object`);
  };
  return {
    r: number("r", 8),
    alpha: number("lora_alpha", 8),
    rankStabilized: json.use_rslora === true,
    rankPattern: pattern("rank_pattern"),
    alphaPattern: pattern("alpha_pattern"),
    source,
  };
}

/**
 * The scale of a layer's adapter: alpha / rank, or alpha / sqrt(rank).
 *
 * @param rank - of the tensors.
 * @throws FormatError when the configuration says another rank.
 */
export function scaleOf(config: PeftConfig, layer: string, rank: number): number {
  const { source } = config;
  const told = positive(byName(config.rankPattern, layer) ?? config.r, "rank_pattern", source);
  if (told !== rank) {
    throw new FormatError(source, `the rank of ${layer} is ${told}, and its tensors have ${rank}`);
  }
  const alpha = positive(
    byName(config.alphaPattern, layer) ?? config.alpha,
    "alpha_pattern",
    source,
  );
  return alpha / (config.rankStabilized ? Math.sqrt(rank) : rank);
}

/** PEFT's rule: the first key that the whole name, or its end after a dot, matches as a pattern. */
function byName(pattern: Readonly<Record<string, unknown>>, layer: string): unknown {
  const key = Object.keys(pattern).find((one) => {
    try {
      return new RegExp(`^(?:.*\\.)?(?:${one})$`).test(layer);
    } catch {
      return false;
    }
  });
  return key === undefined ? undefined : pattern[key];
}

function positive(value: unknown, key: string, source: string): number {
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  throw new FormatError(source, `${key} is ${kindOf(value)}: it must be a positive number`);
}
