// Where compiled kernels come from: from the text in the bundle, or from who provides them.
import { compile } from "./engine.js";
import { UnsupportedError } from "./errors.js";
import { inlinedModule } from "./inlined-module.js";
import type { AnyGroup } from "./kernel-group.js";
import type { PlainMemory } from "./plain-memory.js";

/** A module that has the kernels of a group; or nothing, where the inlined ones are right. */
type Provider = (group: AnyGroup) => WebAssembly.Module | undefined;

/** Kernels in plain JavaScript: their memory, by its number of pages, and how they are bound to it. */
interface PlainKernels {
  newMemory(pages: number): PlainMemory;
  instantiate(memory: PlainMemory): WebAssembly.Exports;
}

let provider: Provider | undefined;
let plain: PlainKernels | undefined;
/** What `init` was given, the last first. */
const given: {
  source: WebAssembly.Module | BufferSource;
  module: WebAssembly.Module;
  /** Of its exports. */
  names: Set<string>;
}[] = [];
const compiled = new Map<AnyGroup, WebAssembly.Module>();

/** Says where kernels come from instead of the inlined text. It is not asked before the first computation. */
export function provideKernels(provide: Provider): void {
  provider = provide;
}

/** Says that kernels are plain JavaScript: for engines that have no WebAssembly, or no SIMD. */
export function providePlainKernels(kernels: PlainKernels): void {
  plain = kernels;
}

/** The kernels in plain JavaScript, all groups of them, where they are provided. */
export function plainKernels(): PlainKernels | undefined {
  return plain;
}

/**
 * The module with a group's kernels: one that `init` was given, or who provides them, or the inlined
 * one, which is compiled on first use, in less than a millisecond.
 *
 * @throws UnsupportedError where there is none, or the engine cannot compile it.
 */
export function kernelModule(group: AnyGroup): WebAssembly.Module {
  const byHand = given.find(({ names }) => names.has(group.kernel));
  if (byHand !== undefined) return byHand.module;
  const provided = provider?.(group);
  if (provided !== undefined) return provided;
  const module = compiled.get(group) ?? inlinedModule(group);
  if (module === undefined) throw missing(group);
  compiled.set(group, module);
  return module;
}

function missing({ name }: AnyGroup): UnsupportedError {
  return new UnsupportedError(
    given.length === 0
      ? "lowrank/slim: the kernels are not there yet: await init of lowrank/kernels.wasm first"
      : `lowrank/slim: init was given no file with the kernels "${name}": lowrank/kernels.wasm has all`,
  );
}

/**
 * Hands over kernels by hand. Never needed where the package loads itself; it is for hosts with rules
 * of their own about where WebAssembly comes from. Call it before anything else.
 *
 * @param source - a compiled `WebAssembly.Module` of `lowrank/kernels.wasm`, or its bytes.
 * @returns the compiled module.
 * @throws TypeError when `source` is neither, or a module of something else.
 */
export function init(source: WebAssembly.Module | BufferSource): WebAssembly.Module {
  const tag = tagOf(source);
  if (tag === moduleTag) return keep(source as WebAssembly.Module, source);
  const bytes = copyOf(source, tag);
  return keep(compile(bytes), bytes);
}

/** As `init` of a module: who compiles by itself does not bundle what `init` says of engines. */
export function initModule(source: unknown): WebAssembly.Module {
  const tag = tagOf(source);
  if (tag !== moduleTag) throw noKernels(tag);
  return keep(source as WebAssembly.Module, source as WebAssembly.Module);
}

// The tag, not instanceof: a module made in another realm (edge-runtime, Next.js) is a module.
export const tagOf = (source: unknown) => Object.prototype.toString.call(source);
const moduleTag = "[object WebAssembly.Module]";

function keep(
  module: WebAssembly.Module,
  source: WebAssembly.Module | BufferSource,
): WebAssembly.Module {
  const names = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  if (!names.has("heapBase")) {
    throw new TypeError(
      "init: source is a module of something else: it must be lowrank/kernels.wasm",
    );
  }
  given.unshift({ source, module, names });
  return module;
}

function noKernels(tag: string): TypeError {
  return new TypeError(
    `init: source is ${tag.slice(8, -1)}: it must be a WebAssembly.Module or the bytes of one`,
  );
}

/** A copy: engines refuse a DataView here, and bytes that lie in shared or resizable memory. */
function copyOf(source: unknown, tag: string): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
  }
  if (tag === "[object ArrayBuffer]") return new Uint8Array(source as ArrayBuffer).slice();
  throw noKernels(tag);
}

/** What `init` was given, the first first, for workers that must compute with the same kernels. */
export function givenKernels(): (WebAssembly.Module | BufferSource)[] {
  return given.map(({ source }) => source).reverse();
}
