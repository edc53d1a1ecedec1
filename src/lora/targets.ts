// Which layers are adapted, by PEFT's rule for names.
import { describe, quote } from "../check/describe.js";
import type { Encoder } from "../transformer/encoder.js";
import { poolerName } from "../transformer/names.js";

/**
 * Layers by name: a text takes every layer that is called so or whose name ends with "." and the
 * text, as PEFT's `target_modules`; a RegExp takes what it matches.
 */
export type Targets = readonly (string | RegExp)[];

/**
 * The linear layers that the patterns take, in the encoder's order. Without patterns all of its
 * layers' linear maps, attention and feed-forward, and not the pooler.
 *
 * @throws RangeError when a pattern takes none; TypeError when one is neither text nor RegExp.
 */
export function targetedLayers(encoder: Encoder, targets?: Targets): string[] {
  const { linearNames } = encoder;
  if (targets === undefined) return linearNames.filter((name) => name !== poolerName);
  if (!Array.isArray(targets)) {
    throw new TypeError(
      `targets: the value is ${describe(targets)}: it must be an array of names or RegExp`,
    );
  }
  for (const pattern of targets) {
    if (typeof pattern !== "string" && !(pattern instanceof RegExp)) {
      throw new TypeError(`targets: ${describe(pattern)}: it must be a name or a RegExp`);
    }
    if (linearNames.some((name) => matches(name, pattern))) continue;
    const known = [...new Set(linearNames.map((name) => name.replace(/^.*\.\d+\./, "")))];
    throw new RangeError(
      `targets: no linear layer is called ${quote(String(pattern))}: there are ${known.join(", ")}`,
    );
  }
  return linearNames.filter((name) => targets.some((pattern) => matches(name, pattern)));
}

/** The patterns as a saved run has them. */
export function toldTargets(targets?: Targets): unknown {
  if (!Array.isArray(targets)) return targets === undefined ? undefined : describe(targets);
  return targets.map((one) => (one instanceof RegExp ? String(one) : describe(one)));
}

function matches(name: string, pattern: string | RegExp): boolean {
  if (typeof pattern === "string") return name === pattern || name.endsWith(`.${pattern}`);
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).test(name);
}
