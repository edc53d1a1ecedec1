// What is trained: entries in a job, beside them their gradient and Adam's two moments.
import { randomNormalArray } from "../linalg/random.js";
import type { Handle, Job } from "../wasm/index.js";

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** Adam's corrections 1 - beta^t of the means, by repeated multiplication. */
export class StepCount {
  #power1 = 1;
  #power2 = 1;

  reset(): void {
    this.#power1 = 1;
    this.#power2 = 1;
  }

  next(): void {
    this.#power1 *= beta1;
    this.#power2 *= beta2;
  }

  get correction1(): number {
    return 1 - this.#power1;
  }

  get correction2(): number {
    return 1 - this.#power2;
  }
}

/** A rows x cols matrix of f32 under training. */
export class Tensor {
  readonly x: Handle;
  readonly gradient: Handle;
  readonly #mean: Handle;
  readonly #square: Handle;
  readonly #rowRidges: Handle;
  /** Every row has the ridge #ridge, or row i the ridge #rowRidges[i]. */
  #ridge: number | "rows" = 0;
  /** Multiplies the learning rate. */
  rateScale = 1;

  constructor(
    readonly job: Job,
    readonly rows: number,
    readonly cols: number,
  ) {
    const allocate = () => job.allocateZeros("f32", rows * cols);
    this.x = allocate();
    this.gradient = allocate();
    this.#mean = allocate();
    this.#square = allocate();
    this.#rowRidges = job.allocate("f32", rows);
  }

  /** Normal entries; those from column `filled` on are 0. */
  fillNormal(scale: number, filled: number, seed: number, stream: number): void {
    const entries = randomNormalArray(this.rows * this.cols, seed, stream, "f32");
    for (let i = 0; i < entries.length; i++) {
      entries[i] = i % this.cols < filled ? scale * entries[i] : 0;
    }
    this.job.write(this.x, entries as Float32Array);
  }

  fillIdentity(): void {
    const entries = new Float32Array(this.rows * this.cols);
    for (let i = 0; i < this.rows; i++) entries[i * this.cols + i] = 1;
    this.job.write(this.x, entries);
  }

  /** The loss has 1/2 ridge |row|^2 for every row; an array gives each row its own. */
  setRidge(ridge: number | Float64Array): void {
    if (typeof ridge === "number") {
      this.#ridge = ridge;
    } else {
      this.job.write(this.#rowRidges, Float32Array.from(ridge));
      this.#ridge = "rows";
    }
  }

  forgetMoments(): void {
    const { rows, cols } = this;
    this.job.view("f32", this.#mean, rows * cols).fill(0);
    this.job.view("f32", this.#square, rows * cols).fill(0);
  }

  /** One step of Adam (Kingma and Ba 2015), the ridge in the gradient. */
  update(learningRate: number, { correction1, correction2 }: StepCount): void {
    const { rows, cols, gradient, x } = this;
    const { adamStep, adamRowsStep } = this.job.f32;
    const rate = learningRate * this.rateScale;
    if (this.#ridge === "rows") {
      // biome-ignore format: the kernel's arguments belong in groups
      adamRowsStep(
        rows, cols, rate, beta1, beta2, epsilon, correction1, correction2,
        this.#rowRidges, gradient, this.#mean, this.#square, x,
      );
    } else {
      // biome-ignore format: the kernel's arguments belong in groups
      adamStep(
        rows * cols, rate, beta1, beta2, epsilon, correction1, correction2,
        this.#ridge, 0, gradient, this.#mean, this.#square, x,
      );
    }
  }
}
