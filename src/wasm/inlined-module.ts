// Kernels that a bundle carries as text. The build leaves this out of entries whose kernels never are.
import { decodeText } from "./decode.js";
import { compile } from "./engine.js";
import type { AnyGroup } from "./kernel-group.js";

/**
 * The compiled module of a group; nothing where its text is empty.
 * @throws UnsupportedError where the engine cannot compile it.
 */
export function inlinedModule({ text }: AnyGroup): WebAssembly.Module | undefined {
  return text === "" ? undefined : compile(decodeText(text));
}
