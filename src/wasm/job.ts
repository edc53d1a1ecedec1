// A job is a memory of its own, and an instance of each group of kernels that is used on it. Dropping the
// job frees everything.
import { Arena } from "./arena.js";
import { requireWebAssembly } from "./engine.js";
import { noAddressSpace, pageBytes } from "./errors.js";
import type { AnyGroup, BoundKernels, GroupByType, KernelGroup } from "./kernel-group.js";
import { kernelModule, plainKernels } from "./module.js";
import type { PlainMemory } from "./plain-memory.js";

/**
 * Pages that hold the static data of the kernels, most of all the space in which products pack. All
 * groups have them at the same place (scripts/kernels.mjs checks that they are enough).
 */
export const staticPages = 28;

/** A memory that is there already, behind `start` free, and the exports of an instance on it. */
export interface JobPlace {
  memory: WebAssembly.Memory;
  exports: WebAssembly.Exports;
  start: number;
}

export class Job extends Arena {
  readonly #memory: WebAssembly.Memory | PlainMemory;
  /** Of one module, one instance: a module may have several groups. */
  readonly #instances = new Map<WebAssembly.Module, WebAssembly.Exports>();
  readonly #bound = new Map<AnyGroup | GroupByType<unknown>, BoundKernels<unknown, unknown>>();
  /** All kernels that there are, where they came with the memory or are plain JavaScript. */
  #exports: WebAssembly.Exports | undefined;

  /**
   * @throws OutOfMemoryError when the host has no address space for another memory; UnsupportedError
   *   where it has no WebAssembly.
   */
  constructor(place?: JobPlace) {
    const memory = place?.memory ?? newMemory();
    super(memory, place?.start ?? staticPages * pageBytes);
    this.#memory = memory;
    this.#exports = place?.exports;
  }

  /**
   * The kernels of a group, for each element type.
   * @throws UnsupportedError where they must be given by `init` and are not.
   */
  use<Single, Double extends Single>(
    group: KernelGroup<Single, Double> | GroupByType<Single, Double>,
  ): BoundKernels<Single, Double> {
    let bound = this.#bound.get(group);
    if (bound === undefined) {
      bound = "f32" in group ? this.#byType(group) : bindKernels(this.#exportsOf(group));
      this.#bound.set(group, bound);
    }
    return bound as BoundKernels<Single, Double>;
  }

  /** Each type when it is asked for. */
  #byType<Single>({ f32, f64 }: GroupByType<Single>): BoundKernels<Single, Single> {
    const job = this;
    return {
      get f32() {
        return job.use(f32).f32;
      },
      get f64() {
        return job.use(f64).f64;
      },
    };
  }

  #exportsOf(group: AnyGroup): WebAssembly.Exports {
    if (this.#exports !== undefined) return this.#exports;
    const memory = this.#memory;
    if ("whenMoved" in memory) {
      const plain = plainKernels() as NonNullable<ReturnType<typeof plainKernels>>;
      this.#exports = plain.instantiate(memory);
      return this.#exports;
    }
    const module = kernelModule(group);
    let exports = this.#instances.get(module);
    if (exports === undefined) {
      const imports: WebAssembly.Imports = { env: { memory } };
      for (const base of group.base ? [group.base.f32, group.base.f64] : []) {
        if (importsFrom(module, base.name)) imports[base.name] = this.#exportsOf(base);
      }
      exports = new WebAssembly.Instance(module, imports).exports;
      this.#instances.set(module, exports);
    }
    return exports;
  }
}

/** Whether a module calls functions of another one; a module of several groups has them itself. */
const importsFrom = (module: WebAssembly.Module, name: string) =>
  WebAssembly.Module.imports(module).some((entry) => entry.module === name);

/** The kernels among an instance's exports; their suffixes _f32 and _f64 are taken off. */
function bindKernels(exports: WebAssembly.Exports): BoundKernels<unknown, unknown> {
  const bound: Record<string, Record<string, unknown>> = { f32: {}, f64: {} };
  for (const [name, value] of Object.entries(exports)) {
    const kernels = bound[name.slice(-3)];
    if (kernels !== undefined) kernels[name.slice(0, -4)] = value;
  }
  return bound as { f32: unknown; f64: unknown };
}

function newMemory(): WebAssembly.Memory | PlainMemory {
  const plain = plainKernels();
  if (plain) return plain.newMemory(staticPages + 1);
  requireWebAssembly();
  try {
    return new WebAssembly.Memory({ initial: staticPages + 1 });
  } catch {
    throw noAddressSpace();
  }
}
