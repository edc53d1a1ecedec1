// Which modules PEFT means by the names and patterns of a configuration (its tuners_utils.py,
// check_target_module_exists, and other.py, get_pattern_key). Names are those of the model's own
// modules, from its root: "bert.encoder.layer.0.attention.self.query".

import { quote } from "../check/describe.js";
import { FormatError } from "../formats/errors.js";
import { isJsonObject, unexpected } from "../formats/strict-json.js";
import type { EncoderFamily } from "../transformer/config.js";
import { type Budget, compilePattern, type Matcher } from "./pattern.js";

/** Says something about a module by its name. */
export type NameTest = (module: string) => boolean;

/** A key of a configuration file with its value. */
export interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
}

/** What PEFT adapts where a configuration names nothing. */
const usualTargets: Partial<Record<EncoderFamily, readonly string[]>> = {
  bert: ["query", "value"],
  roberta: ["query", "value"],
};

/**
 * The value of the first key that matches a whole name or its end after a dot: rank_pattern and
 * alpha_pattern.
 */
export function patternsByName(
  { key, value, source }: Setting,
  check: (setting: Setting) => number,
  budget: Budget,
): (module: string) => number | undefined {
  if (value === undefined || value === null) return () => undefined;
  if (!isJsonObject(value)) throw unexpected(source, key, value, "an object");
  const entries = Object.entries(value).map(([pattern, stated]) => {
    const number = check({ key: `${key}, ${quote(pattern)},`, value: stated, source });
    return { matches: endTest({ key, value: pattern, source }, budget), number };
  });
  return (module) => entries.find(({ matches }) => matches(module))?.number;
}

/** `(.*\.)?(PATTERN)$`; what is a name but for dots, ^ and $ is compared letter by letter. */
function endTest(setting: Setting, budget: Budget): NameTest {
  const pattern = setting.value as string;
  if (!/^\^?(?:\w|\\?\.)*\$?$/.test(pattern)) {
    compiled(setting, { ...budget }); // By itself: "a)|(b" must not close our group.
    return compiled({ ...setting, value: `(?:.*\\.)?(?:${pattern})$` }, budget);
  }
  const atStart = pattern.startsWith("^");
  // What is left: letters, and dots that stand for any or, behind a backslash, for themselves.
  const letters = pattern.replace(/^\^|\$$/g, "").match(/\\?./g) ?? [];
  return (module) => {
    const start = module.length - letters.length;
    if (start < 0 || (start > 0 && (atStart || module[start - 1] !== "."))) return false;
    return letters.every((one, i) => one === "." || one.at(-1) === module[start + i]);
  };
}

/** Names of modules: modules_to_save. */
export function moduleNames(setting: Setting): string[] {
  const names = listOf(setting);
  for (const name of names) {
    if (/^\w[\w.]*$/.test(name)) continue;
    const { key, source } = setting;
    throw new FormatError(source, `${key} holds ${quote(name)}: it must be a module's name`);
  }
  return names;
}

/** Whether a linear layer is adapted, by all keys that have a say in it. */
export function targetTest(
  json: Readonly<Record<string, unknown>>,
  modulesToSave: readonly string[],
  family: EncoderFamily,
  source: string,
  budget: Budget,
): NameTest {
  const at = (key: string) => ({ key, value: json[key], source });
  const excluded = isText(json.exclude_modules)
    ? compiled(at("exclude_modules"), budget)
    : endingIn(listOf(at("exclude_modules")));
  const whole = modulesToSave.map((name) => `.${name}.`);
  const trainedWhole: NameTest = (module) => whole.some((name) => `.${module}.`.includes(name));
  const targeted = namedTargets(at, family, budget);
  return (module) => !excluded(module) && !trainedWhole(module) && targeted(module);
}

function namedTargets(
  at: (key: string) => Setting,
  family: EncoderFamily,
  budget: Budget,
): NameTest {
  const setting = at("target_modules");
  const layers = layerTest(at("layers_to_transform"), at("layers_pattern"), budget);
  if (isText(setting.value)) {
    if (layers) {
      const { source } = setting;
      throw new FormatError(source, "layers_to_transform goes with a list of target_modules only");
    }
    return setting.value.toLowerCase() === "all-linear" ? () => true : compiled(setting, budget);
  }
  const stated = setting.value ?? usualTargets[family];
  if (stated === undefined) {
    throw new FormatError(setting.source, "target_modules is missing: it must name layers");
  }
  const names = listOf({ ...setting, value: stated });
  const ends = endingIn(names);
  const exact = new Set(names);
  return (module) => exact.has(module) || (ends(module) && (layers?.(module) ?? true));
}

/** layers_to_transform, in modules that layers_pattern names; undefined: all layers. */
function layerTest(indices: Setting, patterns: Setting, budget: Budget): NameTest | undefined {
  const { key, value, source } = indices;
  const wanted: unknown[] = [value ?? []].flat();
  if (!wanted.every((index) => Number.isInteger(index))) {
    throw unexpected(source, key, value, "a list of integers");
  }
  const named = isText(patterns.value) ? [patterns.value] : patterns.value;
  const stacks = listOf({ ...patterns, value: named }).map((pattern) => {
    const setting = { ...patterns, value: pattern };
    if (pattern.includes("|")) refusePattern(setting, "it has alternatives");
    compiled(setting, { ...budget });
    return compiled({ ...setting, value: `(?:.*\\.)?${pattern}` }, budget);
  });
  if (wanted.length === 0) return undefined;
  return (module) => {
    // The first number that has two names before it, and what these are.
    const [, before, index] = /^((?:[^.]*\.)*?[^.]*\.[^.]*)\.(\d+)\./.exec(module) ?? [];
    if (before === undefined || !wanted.includes(Number(index))) return false;
    return stacks.length === 0 || stacks.some((matches) => matches(before));
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

/** A list of texts; nothing where there is none. */
function listOf({ key, value, source }: Setting): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every(isText)) return value;
  throw unexpected(source, key, value, "a list of names");
}

/** Whether a name is one of those, or ends with a dot and one of them. */
function endingIn(names: readonly string[]): NameTest {
  const ends = new Set(names);
  return (module) => {
    if (ends.has(module)) return true;
    for (let dot = module.indexOf("."); dot >= 0; dot = module.indexOf(".", dot + 1)) {
      if (ends.has(module.slice(dot + 1))) return true;
    }
    return false;
  };
}

function compiled(setting: Setting, budget: Budget): Matcher {
  try {
    return compilePattern(setting.value as string, budget);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refusePattern(setting, error.message);
  }
}

function refusePattern({ key, value, source }: Setting, reason: string): never {
  throw new FormatError(
    source,
    `${key}: the pattern ${quote(value as string)} is not understood (${reason}): write the layers' names`,
  );
}
