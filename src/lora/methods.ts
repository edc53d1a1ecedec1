// The table of methods: the command, the files of adapters and the tests go over it.
import type { Method } from "./adaptation.js";
import { deepLoraMethod } from "./deep-lora.js";
import { loraMethod } from "./lora.js";
import { fullMethod, headMethod } from "./plain-methods.js";

export const methods = {
  lora: loraMethod,
  "deep-lora": deepLoraMethod,
  full: fullMethod,
  head: headMethod,
};

export type MethodName = keyof typeof methods;

export const methodNames = Object.keys(methods) as MethodName[];

/** A method of the caller's own has none, and is saved as LoRA is. */
export function methodRow(name: string): Method | undefined {
  return Object.hasOwn(methods, name) ? methods[name as MethodName] : undefined;
}

/** @throws RangeError when the method trains the model itself. */
export function checkLeavesAdapter(name: string, method: string): void {
  if (!methodRow(method)?.trainsModel) return;
  throw new RangeError(
    `${name}: the method ${method} trained the model itself: mergeAdapter writes it`,
  );
}
