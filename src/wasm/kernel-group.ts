// A group of kernels that are used together: a WebAssembly module of its own. Who uses a group imports
// it, so a bundle carries the groups of what it uses. scripts/kernel-groups.mjs says what is in which.

/** A group's kernels, bound to one job: once for each element type. */
export interface BoundKernels<Single, Double> {
  readonly f32: Single;
  readonly f64: Double;
}

/** A plain record: bundlers see that nothing happens when they leave it out. */
export interface KernelGroup<Single, Double extends Single = Single> {
  /** Of the module: the group's, or with the element type "sampledSingles" (scripts/kernel-groups.mjs). */
  readonly name: string;
  /** The name of an export that only modules with this group have. */
  readonly kernel: string;
  /** The inlined module (decode.ts); empty where the kernels come from elsewhere. */
  readonly text: string;
  /** The group whose functions this one calls. */
  readonly base?: GroupByType<unknown>;
  /** The interfaces of its kernels, for the compiler only. */
  readonly types?: BoundKernels<Single, Double>;
}

/** A group with a module for each element type: who works in one of them imports that alone. */
export interface GroupByType<Single, Double extends Single = Single> {
  readonly f32: KernelGroup<Single>;
  readonly f64: KernelGroup<Single, Double>;
}

/** A group, whatever its kernels are. */
export type AnyGroup = Omit<KernelGroup<unknown>, "types">;
