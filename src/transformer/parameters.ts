// The named tensors of a network in one job: frozen ones as they came, trained ones with a
// gradient.
import { constant, parameter, type Tensor } from "../autograd/tape.js";
import {
  type BoundOptimizer,
  bindOptimizer,
  type Optimizer,
  Parameter,
} from "../optim/optimizer.js";
import {
  Block,
  type DType,
  type FloatArray,
  type Handle,
  type Job,
  type Mark,
  newArray,
  productsKernels,
} from "../wasm/index.js";
import { type StoredMatrix, storeMatrix, type WeightStorage } from "./weight-storage.js";

/** A tensor that is trained, under its name. */
export interface Trained {
  readonly name: string;
  readonly tensor: Tensor;
  /** Multiplies every update of it, also Adam's; 0 leaves it bit by bit. */
  readonly rateScale: number;
  /** Adam's for this tensor, instead of the optimizer's. */
  readonly epsilon?: number | undefined;
}

export interface TensorOptions {
  /** @defaultValue false */
  trained?: boolean;
  /** See {@link Trained}. @defaultValue 1 */
  rateScale?: number;
  /** See {@link Trained}. @defaultValue the optimizer's */
  epsilon?: number;
  /**
   * What a large matrix is for while it is frozen: it may be stored in fewer bits. Otherwise a
   * linear layer's is packed once.
   */
  use?: "linear" | "table";
}

interface Entry {
  tensor: Tensor;
  packed?: Handle | undefined;
  rateScale: number;
  epsilon?: number | undefined;
}

const reloadInFull = 'load the model with its weights stored as "full"';

export class Parameters {
  readonly #entries = new Map<string, Entry>();
  /** Frozen matrices in fewer bits, which are not tensors. */
  readonly #stored = new Map<string, StoredMatrix>();
  #frozen: { entries: [string, Entry][]; mark: Mark } | undefined;

  constructor(
    readonly job: Job,
    readonly dtype: DType,
    readonly storage: WeightStorage = "full",
  ) {}

  /** Copies a matrix in, row-major; a vector is a matrix of one row. */
  add(
    name: string,
    rows: number,
    cols: number,
    data: FloatArray,
    { trained = false, rateScale = 1, epsilon, use }: TensorOptions = {},
  ): void {
    const { job, dtype, storage } = this;
    if (data.length !== rows * cols) {
      throw new RangeError(
        `${name}: it has ${data.length} entries: ${rows} x ${cols} must have ${rows * cols}`,
      );
    }
    if (use && storage !== "full") {
      this.#stored.set(name, storeMatrix(job, dtype, name, rows, cols, data, storage));
      return;
    }
    const values = Block.allocate(job, dtype, rows, cols);
    values.view().set(data);
    const tensor = (trained ? parameter : constant)(values);
    const packed = use === "linear" ? this.#pack(tensor) : undefined;
    this.#entries.set(name, { tensor, rateScale, epsilon, packed });
  }

  #pack({ rows, cols, handle }: Tensor): Handle {
    const { packedBytes, packB } = this.job.use(productsKernels)[this.dtype];
    const packed = this.job.allocateBytes(packedBytes(cols, rows));
    packB(1, cols, rows, handle, cols, packed);
    return packed;
  }

  has(name: string): boolean {
    return this.#entries.has(name) || this.#stored.has(name);
  }

  /** @throws RangeError when there is no such tensor, or it is stored in fewer bits. */
  get(name: string): Tensor {
    return this.#entry(name).tensor;
  }

  /** The matrix, where it is stored in fewer bits. */
  stored(name: string): StoredMatrix | undefined {
    return this.#stored.get(name);
  }

  /** @throws RangeError when there is no such tensor. */
  shape(name: string): { rows: number; cols: number } {
    const { rows, cols } = this.#stored.get(name) ?? this.get(name);
    return { rows, cols };
  }

  /** Whether it is there and trained. */
  isTrained(name: string): boolean {
    return this.#entries.get(name)?.tensor.needsGradient ?? false;
  }

  /** The tensor as `packB` made it; undefined while it is trained. */
  packed(name: string): Handle | undefined {
    const { packed, tensor } = this.#entry(name);
    return tensor.needsGradient ? undefined : packed;
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    const stored = this.#stored.get(name);
    throw new RangeError(
      stored
        ? `${name}: it is stored as ${stored.storage}, which cannot be changed: ${reloadInFull}`
        : `${name}: there is no such tensor`,
    );
  }

  get names(): string[] {
    return [...this.#entries.keys(), ...this.#stored.keys()];
  }

  /** A copy of a tensor's entries, as they are computed with. */
  read(name: string): FloatArray {
    const stored = this.#stored.get(name);
    if (!stored) return this.get(name).read();
    const { job } = this;
    const mark = job.mark();
    const full = Block.allocate(job, this.dtype, stored.rows, stored.cols);
    stored.expand(full);
    const data = full.read();
    job.release(mark);
    return data;
  }

  /** Overwrites a tensor's entries. */
  write(name: string, data: FloatArray): void {
    const entry = this.#entry(name);
    const { tensor } = entry;
    if (data.length !== tensor.length) {
      throw new RangeError(`${name}: ${data.length} entries were given: it has ${tensor.length}`);
    }
    tensor.view().set(data);
    this.#repack(entry);
  }

  /** The packed form once more, from the values as they are. */
  #repack({ tensor, packed }: Entry): void {
    const { rows, cols, handle } = tensor;
    if (packed) tensor.use(productsKernels).packB(1, cols, rows, handle, cols, packed);
  }

  /** Gives a frozen tensor a gradient: from now on it is trained. */
  train(name: string, rateScale = 1): void {
    const { tensor, packed } = this.#entry(name);
    if (tensor.needsGradient) return;
    this.#entries.set(name, { tensor: parameter(tensor), packed, rateScale });
  }

  /** The tensors that are trained, in the order in which they were added. */
  get trained(): Trained[] {
    return [...this.#entries]
      .filter(([, { tensor }]) => tensor.needsGradient)
      .map(([name, { tensor, rateScale, epsilon }]) => ({ name, tensor, rateScale, epsilon }));
  }

  /** What has been added so far stays; `reset` drops the rest. */
  freezeBase(): void {
    this.#frozen = { entries: [...this.#entries], mark: this.job.mark() };
  }

  /**
   * Drops all that was added since `freezeBase`, with the memory of it. Tensors from before are
   * frozen again; those that were trained keep what they have learned.
   */
  reset(): void {
    if (!this.#frozen) return;
    const learned = this.trained;
    this.#entries.clear();
    for (const [name, entry] of this.#frozen.entries) this.#entries.set(name, entry);
    this.job.release(this.#frozen.mark);
    for (const { name } of learned) {
      const entry = this.#entries.get(name);
      if (entry) this.#repack(entry);
    }
  }

  /** Sets all gradients to zero: adjoints add to them. */
  zeroGradients(): void {
    for (const { tensor } of this.#entries.values()) tensor.gradient?.view().fill(0);
  }

  /** Copies of all gradients, end to end, in the order of `trained`. */
  readGradients(): FloatArray {
    const parts = this.trained.map(({ tensor }) => tensor.gradient!.read());
    const result = newArray(
      this.dtype,
      parts.reduce((sum, part) => sum + part.length, 0),
    );
    let at = 0;
    for (const part of parts) {
      result.set(part, at);
      at += part.length;
    }
    return result;
  }

  /** Overwrites all gradients: the inverse of `readGradients`. */
  writeGradients(values: FloatArray): void {
    let at = 0;
    for (const { tensor } of this.trained) {
      tensor.gradient!.view().set(values.subarray(at, at + tensor.length));
      at += tensor.length;
    }
  }

  /** Binds an optimizer to the trained tensors; its state is on the job's stack. */
  bind(optimizer: Optimizer): BoundOptimizer {
    return bindOptimizer(
      optimizer,
      this.trained.map(
        ({ tensor, rateScale, epsilon }) =>
          new Parameter(tensor, tensor.gradient!, rateScale, undefined, epsilon),
      ),
    );
  }
}
