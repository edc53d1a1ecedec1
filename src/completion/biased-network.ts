// The network and its training step, resident in one job. Values are standardised:
//   z(u, i) = rowBias[u] + colBias[i] + x_u W_1 ... W_L v_i'
// x_u and v_i are row u of the row factors P and row i of the column factors Q, with implicit terms
// added (pattern-terms.ts). A step is a fixed sequence of kernels on fixed blocks: it copies and
// allocates nothing. Rows are padded with zeros to whole vectors; they stay zero, because their
// gradient is zero.
import { CoreChain } from "../factorization/training/core-chain.js";
import { Matrix } from "../linalg/matrix.js";
import { randomNormalArray } from "../linalg/random.js";
import type { SparseRows } from "../linalg/sparse-rows.js";
import * as streams from "../linalg/streams.js";
import { adam } from "../optim/adam.js";
import { type BoundOptimizer, Parameter } from "../optim/optimizer.js";
import type { Sharded } from "../shards/exchange.js";
import {
  Block,
  type Handle,
  type Job,
  product,
  sampledSingles,
  sparseSingles,
} from "../wasm/index.js";
import {
  type Learned,
  lanes,
  type Network,
  type NetworkShape,
  type NetworkStart,
  type Ridges,
  type Standardize,
  standardizeTo,
} from "./network.js";
import { noTerms, PatternTerms, type Terms } from "./pattern-terms.js";

/** Entries compressed by rows, in the job, their values and what is computed for each. */
interface Slots {
  readonly count: number;
  readonly rowStart: Handle;
  readonly cols: Handle;
  readonly values: Handle;
  /** values minus biases */
  readonly targets: Handle;
  readonly residuals: Handle;
}

/** Learning rate of the cores over that of the factors. */
const coreRateScale = { withImplicit: 0.2, withoutImplicit: 0.5 };

export class BiasedNetwork implements Network {
  readonly #job: Job;
  readonly #rank: number;
  readonly #slots: Slots;
  #heldOut: Slots | undefined;
  /** The slots by columns; `position` leads to those by rows. */
  readonly #byCols: { start: Handle; rows: Handle; position: Handle };
  readonly #rowFactors: Parameter;
  readonly #colFactors: Parameter;
  readonly #rowBias: Parameter;
  readonly #colBias: Parameter;
  readonly #cores: Parameter[];
  /** X W_1, X W_1 W_2, ... and the gradient at the last of them; none without cores. */
  readonly #space: Block[];
  readonly #patternTerms: PatternTerms | undefined;
  readonly #optimizer: BoundOptimizer;
  /** The implicit terms in use, or none. */
  #terms: Terms;
  #chain: CoreChain;

  /** Allocates everything. */
  constructor(
    job: Job,
    A: SparseRows,
    standardize: Standardize,
    { rank, depth, implicit }: NetworkShape,
  ) {
    this.#job = job;
    const { rows, cols } = A;
    // Padded: the row stride of all factors.
    const width = Math.ceil(rank / lanes) * lanes;
    const columns = A.byColumns();
    this.#rank = rank;
    this.#slots = this.#place(A, standardize);
    this.#byCols = {
      start: job.put(columns.start),
      rows: job.put(columns.rowIndices),
      position: job.put(columns.position),
    };
    const parameter = (rows: number, cols: number, ridges = 1) =>
      new Parameter(
        Block.zeros(job, "f32", rows, cols),
        Block.zeros(job, "f32", rows, cols),
        1,
        Block.zeros(job, "f32", 1, ridges),
      );
    const P = parameter(rows, width, rows);
    const Q = parameter(cols, width, cols);
    this.#rowFactors = P;
    this.#colFactors = Q;
    this.#rowBias = parameter(1, rows);
    this.#colBias = parameter(1, cols);
    this.#cores = Array.from({ length: depth }, () => parameter(width, width));
    if (implicit) {
      const { rowStart, cols: index } = this.#slots;
      this.#patternTerms = new PatternTerms(
        { start: A.rowStart, starts: rowStart, index, factors: P },
        { start: columns.start, starts: this.#byCols.start, index: this.#byCols.rows, factors: Q },
        ({ rows, cols }) => parameter(rows, cols),
      );
    }
    this.#space = Array.from({ length: depth > 0 ? depth + 1 : 0 }, () =>
      Block.allocate(job, "f32", rows, width),
    );
    this.#terms = noTerms(P, Q);
    this.#chain = this.#chainFrom(P);
    this.#optimizer = adam().bind([
      ...Object.values(this.parameters),
      ...Object.values(this.#patternTerms?.parameters ?? {}),
    ]);
  }

  /** The cores from X on. Backwards the gradient at a product takes the place of the next one. */
  #chainFrom(X: Block): CoreChain {
    const adjoints = [this.#rowFactors.gradient, ...this.#space.slice(1)];
    return new CoreChain(this.#cores, [X, ...this.#space], adjoints, "right");
  }

  /** Those in use, by name. */
  get parameters(): Record<string, Parameter> {
    return {
      rowFactors: this.#rowFactors,
      colFactors: this.#colFactors,
      rowBias: this.#rowBias,
      colBias: this.#colBias,
      ...Object.fromEntries(this.#cores.map((W, l) => [`core${l + 1}`, W])),
      ...this.#terms.parameters,
    };
  }

  get parameterCount(): number {
    const lines = this.#rowBias.length + this.#colBias.length;
    const perLine = this.#terms === this.#patternTerms ? 2 * this.#rank : this.#rank;
    return lines * (perLine + 1) + this.#cores.length * this.#rank * this.#rank;
  }

  start({ seed, implicit, ...start }: NetworkStart): void {
    const [P, Q] = [this.#rowFactors, this.#colFactors];
    this.#terms = (implicit && this.#patternTerms) || noTerms(P, Q);
    this.#chain = this.#chainFrom(this.#terms.rowVectors);
    for (const x of Object.values(this.#patternTerms?.parameters ?? {})) {
      x.rateScale = implicit ? 1 : 0;
    }
    const { patternOfRow, patternOfCol } = this.#terms.parameters;
    for (const [x, scale, { first }] of [
      [P, start.factorScale, streams.rowFactors],
      [Q, start.factorScale, streams.colFactors],
      [patternOfRow, start.implicitScale, streams.implicitCols],
      [patternOfCol, start.implicitScale, streams.implicitRows],
    ] as const) {
      if (x) fillNormal(x, scale, this.#rank, seed, first);
    }
    this.#rowBias.write(Float32Array.from(start.rowBias));
    this.#colBias.write(Float32Array.from(start.colBias));
    for (const W of this.#cores) {
      fillIdentity(W);
      W.rateScale = coreRateScale[implicit ? "withImplicit" : "withoutImplicit"];
    }
  }

  /** Sets the ridges and forgets Adam's moments. */
  beginCycle({ core, ...ridges }: Ridges): void {
    // Without implicit terms there are no patterns.
    const parameters: Partial<Record<string, Parameter>> = this.parameters;
    for (const [name, ridge] of Object.entries(ridges)) setRidges(parameters[name], ridge);
    for (const W of this.#cores) setRidges(W, core);
    this.#optimizer.reset();
  }

  /** One step of Adam. Returns half the sum of squared residuals before it. */
  // biome-ignore lint/correctness/useYield: one shard has all rows
  *step(learningRate: number): Sharded<number> {
    const loss = this.gradient();
    this.#optimizer.step(learningRate);
    return loss;
  }

  /** Puts the gradients of half the sum of squared residuals in place; returns that sum. */
  gradient(): number {
    const { f32 } = this.#job.use(sampledSingles);
    const { rowStart, cols: colIndices, residuals } = this.#slots;
    const { start, rows: rowIndices, position } = this.#byCols;
    const Q = this.#colFactors;
    this.#forward();
    const targets = this.#subtractBiases(this.#slots);
    const { product: X, adjoint: G } = this.#chain;
    // biome-ignore format: the kernel's arguments belong in groups
    const loss = f32.residualTimesDense(
      X.rows, X.cols, rowStart, colIndices, X.handle, this.#terms.colVectors.handle,
      targets, residuals, G.handle, 0,
    );
    // biome-ignore format: the kernel's arguments belong in groups
    this.#job.use(sparseSingles).f32.sparseTimesDenseVia(
      Q.rows, Q.cols, start, rowIndices, position, residuals, X.handle, Q.gradient.handle, 0,
    );
    f32.sumSlots(X.rows, rowStart, residuals, this.#rowBias.gradient.handle);
    f32.sumSlotsVia(Q.rows, start, position, residuals, this.#colBias.gradient.handle);
    this.#chain.backward();
    this.#terms.backward();
    return loss;
  }

  holdOut(A: SparseRows, standardize: Standardize): void {
    this.#heldOut = this.#place(A, standardize);
  }

  #place(A: SparseRows, standardize: Standardize): Slots {
    const job = this.#job;
    const values = job.allocate("f32", A.nonzeros);
    standardizeTo(job.view("f32", values, A.nonzeros), 0, A.values, standardize);
    return {
      count: A.nonzeros,
      rowStart: job.put(A.rowStart),
      cols: job.put(A.colIndices),
      values,
      targets: job.allocate("f32", A.nonzeros),
      residuals: job.allocate("f32", A.nonzeros),
    };
  }

  // biome-ignore lint/correctness/useYield: one shard has all rows
  *heldOutResiduals(): Sharded<Float32Array> {
    return this.#residualsOf(this.#heldOut ?? this.#slots);
  }

  // biome-ignore lint/correctness/useYield: one shard has all rows
  *residuals(): Sharded<Float32Array> {
    return this.#residualsOf(this.#slots);
  }

  #residualsOf(slots: Slots): Float32Array {
    this.#forward();
    const targets = this.#subtractBiases(slots);
    const X = this.#chain.product;
    // biome-ignore format: the kernel's arguments belong in groups
    this.#job.use(sampledSingles).f32.sampledResidual(
      X.rows, X.cols, slots.rowStart, slots.cols, X.handle, this.#terms.colVectors.handle,
      targets, slots.residuals,
    );
    return this.#job.view("f32", slots.residuals, slots.count) as Float32Array;
  }

  setValues(values: Float32Array): void {
    (this.#job.view("f32", this.#slots.values, this.#slots.count) as Float32Array).set(values);
  }

  /** y_i is v_i with the cores multiplied in. */
  // biome-ignore lint/correctness/useYield: one shard has all rows
  *learned(): Sharded<Learned> {
    this.#forward();
    const mark = this.#job.mark();
    let Y = this.#terms.colVectors;
    for (const W of [...this.#cores].reverse()) {
      const to = Block.allocate(this.#job, "f32", Y.rows, Y.cols);
      product(Y, W, { to, transposeB: true });
      Y = to;
    }
    const { patternOfRow } = this.#terms.parameters;
    const result = {
      rowFactors: this.#unpadded(this.#terms.rowVectors),
      colFactors: this.#unpadded(Y),
      patternFactors: patternOfRow ? this.#unpadded(patternOfRow) : new Float32Array(0),
      rowBias: this.#rowBias.read() as Float32Array,
      colBias: this.#colBias.read() as Float32Array,
    };
    this.#job.release(mark);
    return result;
  }

  /** Computes x_u, their products with the cores, and v_i. */
  #forward(): void {
    this.#terms.forward();
    this.#chain.forward();
  }

  /** What the biases leave of every slot's value. */
  #subtractBiases({ rowStart, cols, values, targets }: Slots): Handle {
    const [rowBias, colBias] = [this.#rowBias, this.#colBias];
    // biome-ignore format: the kernel's arguments belong in groups
    this.#job.use(sampledSingles).f32.subtractBiases(
      rowBias.length, rowStart, cols, rowBias.handle, colBias.handle, values, targets,
    );
    return targets;
  }

  /** The first `rank` columns. */
  #unpadded(x: Block): Float32Array {
    const padded = x.view();
    const rank = this.#rank;
    const result = new Float32Array(x.rows * rank);
    for (let i = 0; i < x.rows; i++) {
      result.set(padded.subarray(i * x.cols, i * x.cols + rank), i * rank);
    }
    return result;
  }
}

/** Normal entries; those from column `filled` on are 0. */
function fillNormal(x: Block, scale: number, filled: number, seed: number, stream: number): void {
  const entries = randomNormalArray(x.length, seed, stream, "f32");
  for (let i = 0; i < entries.length; i++) {
    entries[i] = i % x.cols < filled ? scale * entries[i] : 0;
  }
  x.write(entries);
}

function fillIdentity(W: Block): void {
  W.write(Matrix.identity(W.rows, W.rows, { dtype: "f32" }).data);
}

/** The loss has 1/2 ridge |row|² for every row; an array gives each row its own. */
function setRidges(x: Parameter | undefined, ridge: number | Float64Array): void {
  x?.ridges?.write(typeof ridge === "number" ? Float32Array.of(ridge) : Float32Array.from(ridge));
}
