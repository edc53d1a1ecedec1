// Which layers are adapted, by PEFT's rule for names.
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
 * @throws RangeError when a pattern takes none.
 */
export function targetedLayers(encoder: Encoder, targets?: Targets): string[] {
  const { linearNames } = encoder;
  if (targets === undefined) return linearNames.filter((name) => name !== poolerName);
  for (const pattern of targets) {
    if (linearNames.some((name) => matches(name, pattern))) continue;
    const known = [...new Set(linearNames.map((name) => name.replace(/^.*\.\d+\./, "")))];
    throw new RangeError(
      `targets: no linear layer is called ${pattern}: there are ${known.join(", ")}`,
    );
  }
  return linearNames.filter((name) => targets.some((pattern) => matches(name, pattern)));
}

function matches(name: string, pattern: string | RegExp): boolean {
  if (typeof pattern === "string") return name === pattern || name.endsWith(`.${pattern}`);
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).test(name);
}
