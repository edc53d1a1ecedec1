// The model without cores, solved for in sweeps of two linear blocks (docs/reference/completion.md, "Sweeps").
// Factors carry the biases: with x_u = (.., b_u, 1) and v_i = (.., 1, b_i) a prediction is x_u . v_i.
//   x_u = P_u + |N(u)|^-1/2 sum over i in N(u) of Y_i     Y: the pattern of rows
//   v_i = Q_i + |N(i)|^-1/2 sum over u in N(i) of Z_u     Z: the pattern of columns
// Given v, the prediction is linear in P (with b_u) and Y; given x, in Q (with b_i) and Z. Each block takes
// a few steps of conjugate gradients. A shard has the rows of some blocks, with what is theirs (entries, P, Z,
// x), and all of what is a column's (Q, Y, v), which every shard computes alike. They meet only in sums over
// rows, which are rounded sums: so rows may be anywhere, and the bits are the same.

import { power } from "../../linalg/elementary.js";
import { gramEigen } from "../../linalg/in-job/gram-eigen.js";
import { Matrix } from "../../linalg/matrix.js";
import { randomNormalArray } from "../../linalg/random.js";
import type { SparseRows } from "../../linalg/sparse-rows.js";
import * as streams from "../../linalg/streams.js";
import { BlockNumbers } from "../../shards/block-numbers.js";
import { Exchange, type Sharded } from "../../shards/exchange.js";
import type { State } from "../../shards/journal.js";
import { largestOf, RowBlocks, sumOf } from "../../shards/row-blocks.js";
import type { StoredShard } from "../../shards/shard.js";
import {
  Block,
  type Handle,
  type Job,
  product,
  sampledSingles,
  sparseSingles,
} from "../../wasm/index.js";
import {
  type Learned,
  lanes,
  type Network,
  type NetworkShape,
  type NetworkStart,
  type Ridges,
  type Standardize,
  standardizeTo,
} from "../network.js";
import { ExpectedTerms } from "./expected-terms.js";
import { RoundedSums } from "./rounded-sums.js";
import { type ColumnConstants, Unknown, type Work } from "./unknown.js";

/** Conjugate gradient steps in each of the two blocks. */
const iterations = 6;
/** With the starts of the two blocks the steps of a sweep: 2 (iterations + 1). */
export const stepsOfSweep = 14;

/**
 * What is below this share of the strength that noise shows hardly counts as a component: the penalty of
 * components (see `#penalties`) is bent there. A half costs three percent of the error of noisy low-rank
 * matrices; MovieLens without implicit terms would rather have it.
 */
const bend = 0.2;

/** Columns whose sums of a block stay in the cache until they are added to those of the others. */
const linesAtOnce = 512;

/** The rows or the columns: what is theirs in the model, and in the solution. */
interface Side {
  readonly lines: number;
  readonly blocks: RowBlocks;
  /** Entries of each line, all shards together. */
  readonly counts: Float32Array;
  readonly countsHandle: Handle;
  /** |N|^-1/2; 0 where N is empty. */
  readonly inverseRoots: Handle;
  /** Roots of what a line weighs in Gram matrices: of its share of all entries, and of its ridge in units of an average one. */
  readonly shareRoots: Handle;
  readonly ridgeRoots: Handle;
  /** P or Q, and Z or Y: the pattern that these lines have for the other side. */
  readonly factors: Unknown;
  readonly pattern: Unknown;
  /** x or v; of a direction, while the unknowns are solved for. */
  readonly vectors: Block;
  readonly work: Work;
}

/** One of the two linear blocks, as conjugate gradients see it. */
interface LinearBlock {
  readonly unknowns: readonly Unknown[];
  /** Puts H times the direction in place; with values H times the unknowns, less the values. Returns the squares. */
  readonly images: (values: boolean) => Sharded<number>;
  /** Completes the numbers of the last step. */
  readonly meet: () => Sharded<void>;
  /** Puts x or v of the next direction in place. */
  readonly advance: (beta: number) => void;
}

/** Entries by rows with their values; for the columns by blocks of rows, inside a block by columns. */
interface Slots {
  readonly count: number;
  readonly start: Handle;
  readonly index: Handle;
  readonly values: Handle;
  readonly residuals: Handle;
}

export class SweepNetwork implements Network {
  readonly #job: Job;
  readonly #rank: number;
  /** Elements of a line: rank, the two biases, zeros. */
  readonly #width: number;
  /** How much the penalty favours few components: 0 is the nuclear norm, towards 1 the rank. */
  readonly #concavity: number;
  /** What a component's strength is compared with, in units of the threshold of noise. */
  readonly #cells: number;
  /** Entries of all shards. */
  readonly #entries: number;
  /** The number of this shard's first row among those of all shards. */
  readonly #firstRow: number;
  readonly #rows: Side;
  readonly #cols: Side;
  readonly #slots: Slots;
  readonly #rowStart: Int32Array;
  readonly #blocked: Slots;
  /** Where each column of each block starts among the slots by blocks. */
  readonly #blockStarts: Int32Array;
  /** As many as a block has slots. */
  readonly #zeros: Handle;
  readonly #colSums: RoundedSums;
  /** What sums by columns go through. */
  readonly #summed: Block;
  #meeting = new BlockNumbers();
  readonly #terms = new ExpectedTerms();
  #heldOut: Slots | undefined;
  #implicit = false;
  #ridges: Ridges | undefined;
  #turns = this.#sweep();
  #loss = 0;
  /** What the penalty multiplies the ridge of each component with. */
  #shares: Float64Array;

  /** Allocates everything. */
  constructor(
    job: Job,
    shard: StoredShard,
    standardize: Standardize,
    { rank, depth }: NetworkShape,
  ) {
    this.#job = job;
    const { blocks, colCounts, entries, totalEntries } = shard;
    const { rows } = blocks;
    const cols = colCounts.length;
    this.#rank = rank;
    this.#width = Math.ceil((rank + 2) / lanes) * lanes;
    this.#concavity = depth / (depth + 2);
    this.#entries = totalEntries;
    this.#cells = (blocks.totalRows * cols) / totalEntries;
    this.#firstRow = blocks.firstRow;
    this.#slots = this.#allocate(rows, entries);
    // Block by block: of a hundred million entries there is no room beside what they are placed in.
    blocks.forEach((row, _, block) => {
      const part = new RowBlocks(blocks.starts, block, block + 1);
      this.#place(shard.read(part), this.#slots, row, standardize);
    });
    const rowStart = job.read("i32", this.#slots.start, rows + 1) as Int32Array;
    this.#rowStart = rowStart;
    const rowCounts = Float32Array.from({ length: rows }, (_, u) => rowStart[u + 1] - rowStart[u]);
    this.#rows = this.#side(rowCounts, blocks);
    this.#cols = this.#side(Float32Array.from(colCounts), RowBlocks.ofLines(cols));
    const colIndices = job.view("i32", this.#slots.index, entries) as Int32Array;
    this.#blockStarts = startsByBlocks(rowStart, colIndices, cols, blocks);
    this.#blocked = {
      count: entries,
      start: job.put(this.#blockStarts),
      index: job.allocate("i32", entries),
      values: job.allocate("f32", entries),
      residuals: this.#slots.residuals,
    };
    const rowOf = job.view("i32", this.#blocked.index, entries);
    this.#forEachPlace((place, _, row) => {
      rowOf[place] = row;
    });
    this.#placeValues(job.view("f32", this.#slots.values, entries) as Float32Array);
    let most = 0;
    blocks.forEach((first, count) => {
      most = Math.max(most, rowStart[first + count] - rowStart[first]);
    });
    this.#zeros = job.allocateZeros("f32", most);
    this.#colSums = new RoundedSums(job, this.#cols.counts, this.#width, blocks);
    this.#summed = Block.allocate(job, "f32", cols, this.#width);
    this.#shares = new Float64Array(rank).fill(1);
  }

  #side(counts: Float32Array, blocks: RowBlocks): Side {
    const job = this.#job;
    const lines = counts.length;
    const inverseRoots = counts.map((count) => (count === 0 ? 0 : 1 / Math.sqrt(count)));
    const countsHandle = job.put(counts);
    const block = () => Block.zeros(job, "f32", lines, this.#width);
    const work = { residual: block(), direction: block(), image: block() };
    return {
      ...{ lines, blocks, counts, countsHandle, work },
      inverseRoots: job.put(inverseRoots),
      shareRoots: job.put(counts.map((count) => Math.sqrt(count / this.#entries))),
      ridgeRoots: job.allocate("f32", lines),
      factors: new Unknown(block(), work, countsHandle, blocks),
      pattern: new Unknown(block(), work, countsHandle, blocks),
      vectors: block(),
    };
  }

  #allocate(rows: number, count: number): Slots {
    const job = this.#job;
    return {
      count,
      start: job.allocateZeros("i32", rows + 1),
      index: job.allocate("i32", count),
      values: job.allocate("f32", count),
      residuals: job.allocate("f32", count),
    };
  }

  /** Places rows from `row` on, after those before it. */
  #place(
    A: SparseRows,
    { start, index, values, count }: Slots,
    row: number,
    of: Standardize,
  ): void {
    const job = this.#job;
    const starts = job.view("i32", start, row + A.rows + 1);
    const slot = starts[row];
    for (let u = 1; u <= A.rows; u++) starts[row + u] = slot + A.rowStart[u];
    job.view("i32", index, count).set(A.colIndices, slot);
    standardizeTo(job.view("f32", values, count), slot, A.values, of);
  }

  get parameterCount(): number {
    const perLine = this.#implicit ? 2 * this.#rank : this.#rank;
    return (this.#rows.blocks.totalRows + this.#cols.lines) * (perLine + 1);
  }

  start({ seed, implicit, rowBias, colBias, factorScale, implicitScale }: NetworkStart): void {
    const [rank, width] = [this.#rank, this.#width];
    this.#implicit = implicit;
    this.#shares.fill(1);
    this.#terms.start();
    const skipped = this.#firstRow * width;
    const patternScale = implicit ? implicitScale : 0;
    for (const [{ x }, scale, { first }, biases, own, start] of [
      [this.#rows.factors, factorScale, streams.rowFactors, rowBias, rank, skipped],
      [this.#cols.factors, factorScale, streams.colFactors, colBias, rank + 1, 0],
      [this.#cols.pattern, patternScale, streams.implicitCols, undefined, 0, 0],
      [this.#rows.pattern, patternScale, streams.implicitRows, undefined, 0, skipped],
    ] as const) {
      // Piece by piece: nothing of their size is made beside the factors.
      RowBlocks.ofLines(x.rows).forEach((line, count) => {
        const entries = randomNormalArray(count * width, seed, first, "f32", start + line * width);
        for (let i = 0; i < entries.length; i++) {
          const c = i % width;
          if (c < rank) entries[i] *= scale;
          else if (biases === undefined || c > rank + 1) entries[i] = 0;
          else entries[i] = c === own ? biases[line + Math.floor(i / width)] : 1;
        }
        x.lines(line, count).write(entries);
      });
    }
  }

  beginCycle(ridges: Ridges): void {
    this.#ridges = ridges;
    const [rows, cols] = [this.#rows, this.#cols];
    for (const [{ factors, lines, ridgeRoots }, ofLines] of [
      [rows, ridges.rowFactors],
      [cols, ridges.colFactors],
    ] as const) {
      factors.setRidges((line) => ofLines[line]);
      const roots = this.#job.view("f32", ridgeRoots, lines);
      for (let line = 0; line < lines; line++) roots[line] = Math.sqrt(ofLines[line] / ridges.unit);
    }
    cols.pattern.setRidges(() => ridges.patternOfRow);
    rows.pattern.setRidges(() => ridges.patternOfCol);
    this.#turns = this.#sweep();
  }

  /** Between two sweeps: all else is made anew by the next one. */
  state(): State {
    const of = (side: Side) => this.#unknownsOf(side).map(({ x }) => x.view() as Float32Array);
    return {
      shared: [this.#shares, this.#terms.state, ...of(this.#cols)],
      ofRows: of(this.#rows).map((numbers) => ({ numbers })),
    };
  }

  restore({ shared: [shares, terms, ...ofCols], ofRows }: State): void {
    this.#shares = Float64Array.from(shares);
    this.#terms.state = Float64Array.from(terms);
    this.#unknownsOf(this.#cols).forEach(({ x }, q) => {
      x.write(ofCols[q]);
    });
    this.#unknownsOf(this.#rows).forEach(({ x }, q) => {
      x.write(ofRows[q].numbers);
    });
  }

  /** Those that are solved for. */
  #unknownsOf({ factors, pattern }: Side): Unknown[] {
    return this.#implicit ? [factors, pattern] : [factors];
  }

  *step(): Sharded<number> {
    for (;;) {
      const { done, value } = this.#turns.next();
      if (done) this.#turns = this.#sweep();
      else if (value instanceof Exchange) yield value;
      else return this.#loss;
    }
  }

  residuals(): Sharded<Float32Array> {
    return this.#residualsOf(this.#slots);
  }

  setValues(values: Float32Array): void {
    this.#job.write(this.#slots.values, values);
    this.#placeValues(values);
  }

  #placeValues(values: Float32Array): void {
    const placed = this.#job.view("f32", this.#blocked.values, values.length);
    this.#forEachPlace((place, p) => {
      placed[place] = values[p];
    });
  }

  /** Visits the slots by rows, with their places among those by blocks. Nothing may be allocated meanwhile. */
  #forEachPlace(visit: (place: number, p: number, row: number) => void): void {
    const { lines: cols } = this.#cols;
    const rowStart = this.#rowStart;
    const columns = this.#job.view("i32", this.#slots.index, this.#slots.count);
    const next = this.#blockStarts.slice();
    const { blocks } = this.#rows;
    blocks.forEach((first, count, block) => {
      const place = (block - blocks.first) * cols;
      for (let u = first; u < first + count; u++) {
        for (let p = rowStart[u]; p < rowStart[u + 1]; p++) visit(next[place + columns[p]]++, p, u);
      }
    });
  }

  holdOut(A: SparseRows, standardize: Standardize): void {
    this.#heldOut = this.#allocate(A.rows, A.nonzeros);
    this.#place(A, this.#heldOut, 0, standardize);
  }

  heldOutResiduals(): Sharded<Float32Array> {
    return this.#residualsOf(this.#heldOut ?? this.#slots);
  }

  *learned(): Sharded<Learned> {
    const rank = this.#rank;
    yield* this.#forward();
    const part = (x: Block, first: number, scales: ArrayLike<number>) => {
      const [all, count] = [x.view(), scales.length];
      const scaled = new Float32Array(x.rows * count);
      for (let line = 0; line < x.rows; line++) {
        for (let c = 0; c < count; c++) {
          scaled[line * count + c] = scales[c] * all[line * x.cols + first + c];
        }
      }
      return scaled;
    };
    // So scaled, the ridges of a row's components are equal again, as those of new rows are.
    const roots = this.#shares.map(Math.sqrt);
    return {
      rowFactors: part(this.#rows.vectors, 0, roots),
      colFactors: part(
        this.#cols.vectors,
        0,
        roots.map((root) => 1 / root),
      ),
      patternFactors: this.#implicit ? part(this.#cols.pattern.x, 0, roots) : new Float32Array(0),
      rowBias: part(this.#rows.factors.x, rank, [1]),
      colBias: part(this.#cols.factors.x, rank + 1, [1]),
    };
  }

  *#residualsOf({ start, index, values, residuals, count }: Slots): Sharded<Float32Array> {
    const { lines, vectors: X } = this.#rows;
    yield* this.#forward();
    // biome-ignore format: the kernel's arguments belong in groups
    this.#job.use(sampledSingles).f32.sampledResidual(
      lines, this.#width, start, index, X.handle, this.#cols.vectors.handle, values, residuals,
    );
    return this.#job.view("f32", residuals, count) as Float32Array;
  }

  /** Both blocks; a turn for every step of conjugate gradients, and for their starts. */
  *#sweep(): Sharded<void, void> {
    this.#terms.beginSweep();
    yield* this.#solveRows();
    yield* this.#solveCols();
  }

  *#solveRows(): Sharded<void, void> {
    const [rows, cols] = [this.#rows, this.#cols];
    yield* this.#forward();
    yield* this.#prepare(rows, cols, this.#ridges?.rowBias ?? 1, this.#rank);
    yield* this.#conjugateGradients({
      unknowns: this.#implicit ? [rows.factors, cols.pattern] : [rows.factors],
      images: (values) => this.#imagesOfRows(values),
      meet: () => this.#meeting.join(),
      advance: () => this.#rowVectors(rows.work.direction, cols.work.direction, rows.vectors),
    });
  }

  *#solveCols(): Sharded<void, void> {
    const [rows, cols] = [this.#rows, this.#cols];
    this.#rowVectors(rows.factors.x, cols.pattern.x, rows.vectors);
    yield* this.#prepare(cols, rows, this.#ridges?.colBias ?? 1, this.#rank + 1);
    // v is linear: what z adds to it meets before beta is known.
    const ofZ = this.#summed;
    yield* this.#conjugateGradients({
      unknowns: this.#implicit ? [cols.factors, rows.pattern] : [cols.factors],
      images: (values) => this.#imagesOfCols(values),
      meet: () => this.#colVectors(cols.work.image, rows.work.image, ofZ),
      advance: (beta) => {
        ofZ.kernels.axpy(ofZ.length, beta, cols.vectors.handle, ofZ.handle);
        ofZ.copyTo(cols.vectors);
      },
    });
  }

  /** Steps from where the unknowns are. */
  *#conjugateGradients({ unknowns, images, meet, advance }: LinearBlock): Sharded<void, void> {
    this.#meeting = new BlockNumbers();
    const meeting = this.#meeting;
    const ofEach = (of: (unknown: Unknown) => Float64Array) => unknowns.map(of);
    const sum = (numbers: readonly Float64Array[]) =>
      numbers.reduce((total, each) => total + sumOf(each), 0);
    this.#loss = (yield* images(true)) / 2;
    let energies = ofEach((unknown) => unknown.begin(meeting));
    yield;
    let energy: number | undefined;
    let moves = true;
    for (let step = 0; step < iterations; step++) {
      if (moves) {
        yield* meet();
        const beta: number = energy === undefined ? 0 : sum(energies) / energy;
        const ridged = ofEach((unknown) => unknown.turn(meeting, beta));
        advance(beta);
        const squares = yield* images(false);
        energy = sum(energies);
        const length = energy / (squares + sum(ridged));
        // So near the solution that squares underflow nothing moves any more.
        moves = length > 0 && length < Number.POSITIVE_INFINITY;
        if (moves) energies = ofEach((unknown) => unknown.step(meeting, length));
      }
      yield;
    }
    // Nobody asks for the last ones.
    this.#meeting = new BlockNumbers();
  }

  /**
   * For given x and v: residuals, and the images of P and Y.
   *
   * @param values - less the values: for the unknowns as they are. Otherwise of the direction alone.
   */
  *#imagesOfRows(values: boolean): Sharded<number> {
    const { f32 } = this.#job.use(sampledSingles);
    const width = this.#width;
    const [rows, cols] = [this.#rows, this.#cols];
    const { start, index, residuals } = this.#slots;
    const X = rows.vectors;
    const squares = this.#meeting.of(rows.blocks, (first, count) => {
      const [x, image] = [X, rows.work.image].map((one) => one.lines(first, count));
      const target = values ? this.#slots.values : this.#zerosFrom(first);
      // biome-ignore format: the kernel's arguments belong in groups
      return 2 * f32.residualTimesDense(
        count, width, this.#job.at("i32", start, first), index, x.handle, cols.vectors.handle,
        target, residuals, image.handle, 0,
      );
    });
    if (this.#implicit) {
      // The image of Y is that of P, scaled, times the pattern. Nobody asks for this x again.
      f32.scaleLines(rows.lines, width, rows.inverseRoots, rows.work.image.handle, 0, X.handle);
      yield* this.#sumOfPattern(X, cols.work.image);
    } else {
      yield* this.#meeting.join();
    }
    return sumOf(squares);
  }

  /** For given x and v: residuals, and the images of Q and Z, as `#imagesOfRows`. */
  *#imagesOfCols(values: boolean): Sharded<number> {
    const { f32 } = this.#job.use(sampledSingles);
    const { sparseTimesDense } = this.#job.use(sparseSingles).f32;
    const width = this.#width;
    const [rows, cols] = [this.#rows, this.#cols];
    const { index, residuals } = this.#blocked;
    const [X, image] = [rows.vectors, cols.work.image];
    const squares = this.#meeting.of(rows.blocks, (first, _count, block) => {
      const start = this.#columnsOf(block);
      const target = values ? this.#blocked.values : this.#zerosFrom(first);
      // biome-ignore format: the kernel's arguments belong in groups
      return 2 * f32.sampledResidual(
        cols.lines, width, start, index, cols.vectors.handle, X.handle, target, residuals,
      );
    });
    const largest = this.#meeting.of(rows.blocks, (first, count) => {
      const [slot, end] = [first, first + count].map((row) => this.#rowStart[row]);
      const at = this.#job.at("f32", residuals, slot);
      return X.kernels.amax(end - slot, at) * largestEntry(X.lines(first, count));
    });
    yield* this.#sumOverRows(largest, image, (lines, start, to) =>
      sparseTimesDense(lines, width, start, index, residuals, X.handle, to, 0),
    );
    if (this.#implicit) {
      const { start, index } = this.#slots;
      const scaled = this.#summed.handle;
      f32.scaleLines(cols.lines, width, cols.inverseRoots, image.handle, 0, scaled);
      f32.patternTimesDense(rows.lines, width, start, index, scaled, rows.work.image.handle);
    }
    return sumOf(squares);
  }

  /** x of P and Y. */
  #rowVectors(P: Block, Y: Block, to: Block): void {
    if (!this.#implicit) {
      P.copyTo(to);
      return;
    }
    const { start, index } = this.#slots;
    const { f32 } = this.#job.use(sampledSingles);
    const width = this.#width;
    // By blocks, while their lines are in the cache.
    this.#rows.blocks.forEach((first, count) => {
      const [p, x] = [P, to].map((one) => one.lines(first, count).handle);
      const slots = this.#job.at("i32", start, first);
      const scale = this.#job.at("f32", this.#rows.inverseRoots, first);
      f32.patternTimesDense(count, width, slots, index, Y.handle, x);
      f32.scaleLines(count, width, scale, x, p, x);
    });
  }

  /** v of Q and Z. */
  *#colVectors(Q: Block, Z: Block, to: Block): Sharded<void> {
    if (!this.#implicit) {
      Q.copyTo(to);
      return;
    }
    yield* this.#sumOfPattern(Z, to);
    const { lines, inverseRoots } = this.#cols;
    // biome-ignore format: the kernel's arguments belong in groups
    this.#job.use(sampledSingles).f32.scaleLines(
      lines, this.#width, inverseRoots, to.handle, Q.handle, to.handle,
    );
  }

  /** For each column the sum of the lines of the rows that are observed in it. */
  #sumOfPattern(ofRows: Block, to: Block): Sharded<void> {
    const largest = this.#meeting.of(this.#rows.blocks, (first, count) =>
      largestEntry(ofRows.lines(first, count)),
    );
    const { f32 } = this.#job.use(sampledSingles);
    const { index } = this.#blocked;
    return this.#sumOverRows(largest, to, (lines, start, part) =>
      f32.patternTimesDense(lines, this.#width, start, index, ofRows.handle, part),
    );
  }

  *#forward(): Sharded<void> {
    const [rows, cols] = [this.#rows, this.#cols];
    this.#rowVectors(rows.factors.x, cols.pattern.x, rows.vectors);
    yield* this.#colVectors(cols.factors.x, rows.pattern.x, cols.vectors);
  }

  /**
   * A line for each column, to `to`: the sums over the blocks.
   *
   * @param ofLines - puts the terms of a block in place, for `lines` columns whose slots start there.
   */
  #sumOverRows(
    largest: Float64Array,
    to: Block,
    ofLines: (lines: number, start: Handle, to: Handle) => void,
  ): Sharded<void> {
    const sums = this.#colSums;
    return this.#sum(sums, largest, to.handle, (_first, _count, block) => {
      const start = this.#columnsOf(block);
      for (let first = 0; first < to.rows; first += linesAtOnce) {
        const lines = Math.min(linesAtOnce, to.rows - first);
        // All at the same place, which stays in the cache: what was there is in the sums.
        ofLines(lines, this.#job.at("i32", start, first), to.handle);
        sums.add(to.handle, first, lines);
      }
    });
  }

  /**
   * Sums over the blocks of all shards, and completes the numbers of blocks, as a rule in one exchange: on the grid for
   * the terms that are expected. Where they are not such, once more on their own.
   *
   * @param largest - of the terms of each block, in size, complete when the numbers of blocks are.
   * @param add - adds the terms of a block.
   */
  *#sum(
    sums: RoundedSums,
    largest: Float64Array,
    to: Handle,
    add: (first: number, count: number, block: number) => void,
  ): Sharded<void> {
    const { blocks } = sums;
    const terms = this.#terms;
    const found = () => terms.boundFor(largestOf(largest));
    let { bound } = terms;
    if (bound === 0 || blocks.isWhole) {
      yield* this.#meeting.join();
      bound = found();
    }
    let used: number;
    do {
      used = bound;
      sums.begin(used);
      blocks.forEach(add);
      yield* sums.join(this.#meeting);
      bound = found();
    } while (bound !== used);
    sums.read(to);
    terms.done(largestOf(largest));
  }

  /** Where the value 0 of each slot would be, for the slots of the block that begins with this row. */
  #zerosFrom(row: number): Handle {
    return this.#job.at("f32", this.#zeros, -this.#rowStart[row]);
  }

  /** Where the columns of a block of rows start. */
  #columnsOf(block: number): Handle {
    const place = (block - this.#rows.blocks.first) * this.#cols.lines;
    return this.#job.at("i32", this.#blocked.start, place);
  }

  /**
   * Turns all factors, by one rotation, to axes on which the preconditioner of `side` is nearly diagonal,
   * and sets what conjugate gradients need to know of the axes.
   */
  *#prepare(side: Side, other: Side, biasRidge: number, bias: number): Sharded<void> {
    const [rank, width] = [this.#rank, this.#width];
    const covariance = yield* this.#gram(other, other.shareRoots);
    const strengths = yield* this.#strengths();
    const { values, vectors } = gramEigen(this.#job, strengths ?? covariance, rank);
    this.#rotate(vectors);
    const curvature = new Float64Array(width);
    for (let c = 0; c < rank; c++) {
      for (let a = 0; a < rank; a++) {
        for (let b = 0; b < rank; b++) {
          const pair = vectors[c * rank + a] * vectors[c * rank + b];
          curvature[c] += pair * covariance[a * rank + b];
        }
      }
      curvature[c] = Math.max(curvature[c], 0);
    }
    curvature[bias] = 1;
    this.#shares = Float64Array.from({ length: rank }, (_, c) =>
      strengths ? this.#penalty(values[c]) : 1,
    );
    const share = new Float64Array(width);
    share.set(this.#shares);
    const fixed = new Float64Array(width).fill(1, rank);
    const free = new Float64Array(width).fill(1, 0, rank);
    const constants: ColumnConstants = { curvature, share, fixed, free };
    other.pattern.setColumns(constants);
    [fixed[bias], free[bias]] = [biasRidge, 1];
    side.factors.setColumns(constants);
  }

  /**
   * Strengths of components, where their penalty depends on them: without implicit terms, and with depth.
   * Cores with ridges of their own make the penalty of a component of strength s as s^(2 / (depth + 2))
   * (Schatten quasi-norm); it is majorised by its tangent, a ridge for each component.
   */
  *#strengths(): Sharded<Float64Array | undefined> {
    if (this.#implicit || this.#concavity === 0 || !this.#ridges) return undefined;
    const rows = yield* this.#gram(this.#rows, this.#rows.ridgeRoots);
    const cols = yield* this.#gram(this.#cols, this.#cols.ridgeRoots);
    return rows.map((value, i) => (value + cols[i]) / 2);
  }

  #penalty(strength: number): number {
    const ridges = this.#ridges as Ridges;
    const relative = Math.max(strength, 0) / (this.#cells * ridges.threshold);
    return power((1 + bend) / (relative + bend), this.#concavity);
  }

  /** Sum of x_line x_line' over a side's vectors, each times its root, rank x rank. */
  *#gram({ vectors, work, blocks, lines }: Side, roots: Handle): Sharded<Float64Array> {
    const job = this.#job;
    const [rank, width] = [this.#rank, this.#width];
    const mark = job.mark();
    const G = Block.allocate(job, "f32", width, width);
    const counts = new Float64Array(width).fill(blocks.totalRows);
    const sums = new RoundedSums(job, counts, width, blocks);
    // It holds an image only while conjugate gradients run.
    const scaled = work.image;
    job.use(sampledSingles).f32.scaleLines(lines, width, roots, vectors.handle, 0, scaled.handle);
    const largest = this.#meeting.of(blocks, (first, count) => {
      const entry = largestEntry(scaled.lines(first, count));
      return entry * entry;
    });
    yield* this.#sum(sums, largest, G.handle, (first, count) => {
      const part = scaled.lines(first, count);
      product(part, part, { to: G, transposeA: true });
      sums.add(G.handle);
    });
    const found = G.view();
    const result = Float64Array.from({ length: rank * rank }, (_, q) => {
      const [a, b] = [Math.floor(q / rank), q % rank];
      // The product may round its two triangles differently.
      return found[Math.min(a, b) * width + Math.max(a, b)];
    });
    job.release(mark);
    return result;
  }

  /** Multiplies all factors, and the vectors made of them, by the columns whose rows these orthonormal ones are. */
  #rotate(rotation: Float64Array): void {
    const job = this.#job;
    const [rank, width] = [this.#rank, this.#width];
    const mark = job.mark();
    const R = Block.put(job, Matrix.identity(width, width, { dtype: "f32" }));
    const entries = R.view();
    for (let a = 0; a < rank; a++) {
      for (let b = 0; b < rank; b++) entries[a * width + b] = rotation[b * rank + a];
    }
    for (const side of [this.#rows, this.#cols]) {
      for (const x of [...this.#unknownsOf(side).map((unknown) => unknown.x), side.vectors]) {
        product(x, R, { to: side.work.image });
        side.work.image.copyTo(x);
      }
    }
    job.release(mark);
  }
}

/** Where each column of each block starts, among the entries by blocks, inside a block by columns. */
function startsByBlocks(
  rowStart: Int32Array,
  colIndices: Int32Array,
  cols: number,
  blocks: RowBlocks,
): Int32Array {
  const starts = new Int32Array((blocks.end - blocks.first) * cols + 1);
  blocks.forEach((first, count, block) => {
    const place = (block - blocks.first) * cols + 1;
    for (let p = rowStart[first]; p < rowStart[first + count]; p++) starts[place + colIndices[p]]++;
  });
  for (let key = 1; key < starts.length; key++) starts[key] += starts[key - 1];
  return starts;
}

/** The largest entry in size. */
function largestEntry(x: Block): number {
  return x.kernels.amax(x.length, x.handle);
}
