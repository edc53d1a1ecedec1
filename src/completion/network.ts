// The network and its training step, resident in one job. Values are standardised:
//   z(u, i) = rowBias[u] + colBias[i] + x_u W_1 ... W_L y_i'
//   x_u = P_u + |N(u)|^-1/2 sum over i in N(u) of Y_i      N(u): the columns observed in row u
//   y_i = Q_i + |N(i)|^-1/2 sum over u in N(i) of Z_u      N(i): the rows observed in column i
// Y and Z are the implicit terms. A step is a fixed sequence of kernels on fixed handles: it copies
// and allocates nothing. Rows are padded with zeros to whole vectors; they stay zero, because
// their gradient is zero.
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { streams } from "../linalg/streams.js";
import { type Handle, Job } from "../wasm/index.js";
import { StepCount, Tensor } from "./tensor.js";

export interface Shape {
  rank: number;
  /** Core factors W. */
  depth: number;
  /** Make room for Y and Z. */
  implicit: boolean;
}

/** Where a training starts from. */
export interface Start {
  seed: number;
  /** Use Y and Z. */
  implicit: boolean;
  rowBias: Float64Array;
  colBias: Float64Array;
  /** Standard deviation of the first P and Q, and of Y and Z; the cores start as identities. */
  factorScale: number;
  implicitScale: number;
  /** Multiplies the learning rate of the cores. */
  coreRateScale: number;
}

/** Ridge of every tensor, or of each of its rows. */
export interface Ridges {
  rowBias: number;
  colBias: number;
  P: Float64Array;
  Q: Float64Array;
  Y: number;
  Z: number;
  core: number;
}

/** Entries that are predicted, not trained on. */
export interface HeldOut {
  readonly slots: Slots;
  readonly count: number;
}

/** Observed entries compressed by rows, their values and what is computed for each. */
interface Slots {
  readonly rowStart: Handle;
  readonly cols: Handle;
  readonly values: Handle;
  /** values minus biases */
  readonly targets: Handle;
  readonly residuals: Handle;
}

/** f32 lanes of a vector. Rows of two vectors measured 7 % slower at rank 20, 3 % faster at 44. */
const lanes = 4;

export class Network {
  readonly #job = new Job();
  readonly #rows: number;
  readonly #cols: number;
  readonly #rank: number;
  /** The rank, padded: the row stride of all factors. */
  readonly #width: number;
  readonly #slots: Slots;
  /** The same pattern compressed by columns; `position` leads to the slot by rows. */
  readonly #byCols: { start: Handle; rows: Handle; position: Handle };
  /** |N(u)|^-1/2 and |N(i)|^-1/2; 0 where N is empty. */
  readonly #rowScale: Handle;
  readonly #colScale: Handle;
  readonly #P: Tensor;
  readonly #Q: Tensor;
  readonly #rowBias: Tensor;
  readonly #colBias: Tensor;
  readonly #cores: Tensor[];
  readonly #implicitTensors: { Y: Tensor; Z: Tensor } | undefined;
  /** x_u and y_i where they have implicit parts. */
  readonly #withImplicit: { X: Handle; V: Handle };
  /** X W_1, X W_1 W_2, ... */
  readonly #products: Handle[];
  readonly #productGradient: Handle;
  readonly #steps = new StepCount();
  /** Y and Z when they are in use. */
  #implicit: { Y: Tensor; Z: Tensor } | undefined;

  /** Allocates everything. @param values - the standardised values of A's entries. */
  constructor(A: SparseMatrix, values: Float32Array, { rank, depth, implicit }: Shape) {
    const job = this.#job;
    const { rows, cols } = A;
    const width = Math.ceil(rank / lanes) * lanes;
    const columns = A.byColumns();
    this.#rows = rows;
    this.#cols = cols;
    this.#rank = rank;
    this.#width = width;
    this.#slots = this.#putSlots(A, values);
    this.#byCols = {
      start: job.put(columns.start),
      rows: job.put(columns.rowIndices),
      position: job.put(columns.position),
    };
    this.#rowScale = job.put(inverseRoots(A.rowStart));
    this.#colScale = job.put(inverseRoots(columns.start));
    this.#P = new Tensor(job, rows, width);
    this.#Q = new Tensor(job, cols, width);
    this.#rowBias = new Tensor(job, rows, 1);
    this.#colBias = new Tensor(job, cols, 1);
    this.#cores = Array.from({ length: depth }, () => new Tensor(job, width, width));
    this.#implicitTensors = implicit
      ? { Y: new Tensor(job, cols, width), Z: new Tensor(job, rows, width) }
      : undefined;
    this.#withImplicit = {
      X: job.allocate("f32", implicit ? rows * width : 0),
      V: job.allocate("f32", implicit ? cols * width : 0),
    };
    this.#products = this.#cores.map(() => job.allocate("f32", rows * width));
    this.#productGradient = job.allocate("f32", depth > 0 ? rows * width : 0);
  }

  /** The tensors in use, by name. */
  get tensors(): Record<string, Tensor> {
    return {
      P: this.#P,
      Q: this.#Q,
      rowBias: this.#rowBias,
      colBias: this.#colBias,
      ...Object.fromEntries(this.#cores.map((W, l) => [`W${l + 1}`, W])),
      ...this.#implicit,
    };
  }

  /** Trainable numbers in use, without padding. */
  get parameterCount(): number {
    const sides = (this.#rows + this.#cols) * this.#rank * (this.#implicit ? 2 : 1);
    const cores = this.#cores.length * this.#rank * this.#rank;
    return sides + cores + this.#rows + this.#cols;
  }

  /** A fresh start. */
  start(start: Start): void {
    const { seed, factorScale, implicitScale } = start;
    this.#implicit = start.implicit ? this.#implicitTensors : undefined;
    this.#P.fillNormal(factorScale, this.#rank, seed, streams.rowFactors.first);
    this.#Q.fillNormal(factorScale, this.#rank, seed, streams.colFactors.first);
    this.#implicit?.Y.fillNormal(implicitScale, this.#rank, seed, streams.implicitCols.first);
    this.#implicit?.Z.fillNormal(implicitScale, this.#rank, seed, streams.implicitRows.first);
    this.#job.write(this.#rowBias.x, Float32Array.from(start.rowBias));
    this.#job.write(this.#colBias.x, Float32Array.from(start.colBias));
    for (const W of this.#cores) {
      W.fillIdentity();
      W.rateScale = start.coreRateScale;
    }
  }

  /** Sets the ridges and forgets Adam's moments. */
  beginCycle(ridges: Ridges): void {
    this.#P.setRidge(ridges.P);
    this.#Q.setRidge(ridges.Q);
    this.#rowBias.setRidge(ridges.rowBias);
    this.#colBias.setRidge(ridges.colBias);
    for (const W of this.#cores) W.setRidge(ridges.core);
    this.#implicit?.Y.setRidge(ridges.Y);
    this.#implicit?.Z.setRidge(ridges.Z);
    for (const tensor of Object.values(this.tensors)) tensor.forgetMoments();
    this.#steps.reset();
  }

  /** One step of Adam. Returns half the sum of squared residuals before it. */
  step(learningRate: number): number {
    const loss = this.gradient();
    this.#steps.next();
    this.#P.update(learningRate, this.#steps);
    this.#Q.update(learningRate, this.#steps);
    this.#rowBias.update(learningRate, this.#steps);
    this.#colBias.update(learningRate, this.#steps);
    for (const W of this.#cores) W.update(learningRate, this.#steps);
    this.#implicit?.Y.update(learningRate, this.#steps);
    this.#implicit?.Z.update(learningRate, this.#steps);
    return loss;
  }

  /** Puts the gradient of half the sum of squared residuals beside the tensors; returns that sum. */
  gradient(): number {
    const { f32 } = this.#job;
    const [rows, cols, width] = [this.#rows, this.#cols, this.#width];
    const { rowStart, cols: colIndices, residuals } = this.#slots;
    const byCols = this.#byCols;
    const V = this.#forward();
    const targets = this.#subtractBiases(this.#slots);
    const [P, Q] = [this.#P.gradient, this.#Q.gradient];
    let G = this.#cores.length > 0 ? this.#productGradient : P;
    // biome-ignore format: the kernel's arguments belong in groups
    const loss = f32.residualTimesDense(
      rows, width, rowStart, colIndices, this.#XW, V, targets, residuals, G, 0,
    );
    // biome-ignore format: the kernel's arguments belong in groups
    f32.sparseTimesDenseVia(
      cols, width, byCols.start, byCols.rows, byCols.position, residuals, this.#XW, Q, 0,
    );
    f32.sumSlots(rows, rowStart, residuals, this.#rowBias.gradient);
    f32.sumSlotsVia(cols, byCols.start, byCols.position, residuals, this.#colBias.gradient);
    // Backwards through the cores: dW = A'G and G <- G W' for A W = B with gradient G at B. The
    // gradient at A takes the place of B, which nothing needs any more.
    for (let l = this.#cores.length - 1; l >= 0; l--) {
      const A = l === 0 ? this.#X : this.#products[l - 1];
      const W = this.#cores[l];
      const next = l === 0 ? P : this.#products[l];
      f32.gemm(1, 0, width, width, rows, 1, A, width, G, width, 0, W.gradient, width);
      f32.gemm(0, 1, rows, width, width, 1, G, width, W.x, width, 0, next, width);
      G = next;
    }
    if (this.#implicit) {
      const { Y, Z } = this.#implicit;
      // biome-ignore format: the kernel's arguments belong in groups
      f32.patternTimesScaledDense(
        cols, width, byCols.start, byCols.rows, this.#rowScale, P, Y.gradient,
      );
      // biome-ignore format: the kernel's arguments belong in groups
      f32.patternTimesScaledDense(
        rows, width, rowStart, colIndices, this.#colScale, Q, Z.gradient,
      );
    }
    return loss;
  }

  /** Places entries beside those trained on; `values` are standardised alike. */
  hold(A: SparseMatrix, values: Float32Array): HeldOut {
    return { slots: this.#putSlots(A, values), count: values.length };
  }

  /** Prediction minus value of held-out entries, by rows: a view, valid until the next call. */
  heldOutResiduals({ slots, count }: HeldOut): Float32Array {
    const { rowStart, cols, residuals } = slots;
    const V = this.#forward();
    const targets = this.#subtractBiases(slots);
    // biome-ignore format: the kernel's arguments belong in groups
    this.#job.f32.sampledResidual(
      this.#rows, this.#width, rowStart, cols, this.#XW, V, targets, residuals,
    );
    return this.#job.view("f32", slots.residuals, count) as Float32Array;
  }

  /**
   * What was learned, without padding: z(u, i) = rowBias[u] + colBias[i] + X_u . H_i, where the
   * cores are multiplied into H. Y is empty where implicit terms are not in use.
   */
  learned() {
    const job = this.#job;
    const [cols, width] = [this.#cols, this.#width];
    let H = this.#forward();
    const X = this.#readFactors(this.#X, this.#rows);
    const mark = job.mark();
    for (let l = this.#cores.length - 1; l >= 0; l--) {
      const next = job.allocate("f32", cols * width);
      job.f32.gemm(0, 1, cols, width, width, 1, H, width, this.#cores[l].x, width, 0, next, width);
      H = next;
    }
    const result = {
      X,
      H: this.#readFactors(H, cols),
      Y: this.#implicit ? this.#readFactors(this.#implicit.Y.x, cols) : new Float32Array(0),
      rowBias: job.read("f32", this.#rowBias.x, this.#rows),
      colBias: job.read("f32", this.#colBias.x, cols),
    };
    job.release(mark);
    return result;
  }

  /** x_u, without cores. */
  get #X(): Handle {
    return this.#implicit ? this.#withImplicit.X : this.#P.x;
  }

  /** x_u times all cores. */
  get #XW(): Handle {
    return this.#products.length > 0 ? this.#products[this.#products.length - 1] : this.#X;
  }

  /** Computes x_u and its products with the cores; returns y_i. */
  #forward(): Handle {
    const { f32 } = this.#job;
    const [rows, cols, width] = [this.#rows, this.#cols, this.#width];
    if (this.#implicit) {
      const { X, V } = this.#withImplicit;
      const { Y, Z } = this.#implicit;
      const { rowStart, cols: colIndices } = this.#slots;
      f32.patternTimesDense(rows, width, rowStart, colIndices, this.#rowScale, Y.x, X);
      f32.axpy(rows * width, 1, this.#P.x, X);
      const byCols = this.#byCols;
      f32.patternTimesDense(cols, width, byCols.start, byCols.rows, this.#colScale, Z.x, V);
      f32.axpy(cols * width, 1, this.#Q.x, V);
    }
    let A = this.#X;
    for (let l = 0; l < this.#cores.length; l++) {
      const W = this.#cores[l].x;
      f32.gemm(0, 0, rows, width, width, 1, A, width, W, width, 0, this.#products[l], width);
      A = this.#products[l];
    }
    return this.#implicit ? this.#withImplicit.V : this.#Q.x;
  }

  /** What the biases leave of every slot's value. */
  #subtractBiases({ rowStart, cols, values, targets }: Slots): Handle {
    const [rowBias, colBias] = [this.#rowBias.x, this.#colBias.x];
    this.#job.f32.subtractBiases(this.#rows, rowStart, cols, rowBias, colBias, values, targets);
    return targets;
  }

  #putSlots(A: SparseMatrix, values: Float32Array): Slots {
    const job = this.#job;
    return {
      rowStart: job.put(A.rowStart),
      cols: job.put(A.colIndices),
      values: job.put(values),
      targets: job.allocate("f32", values.length),
      residuals: job.allocate("f32", values.length),
    };
  }

  #readFactors(handle: Handle, rows: number): Float32Array {
    const [width, rank] = [this.#width, this.#rank];
    const padded = this.#job.view("f32", handle, rows * width);
    const result = new Float32Array(rows * rank);
    for (let i = 0; i < rows; i++) {
      result.set(padded.subarray(i * width, i * width + rank), i * rank);
    }
    return result;
  }
}

/** 1 / sqrt(count) of the groups start[g] .. start[g + 1]; 0 for an empty one. */
function inverseRoots(start: Int32Array): Float32Array {
  return Float32Array.from({ length: start.length - 1 }, (_, g) => {
    const count = start[g + 1] - start[g];
    return count === 0 ? 0 : 1 / Math.sqrt(count);
  });
}
