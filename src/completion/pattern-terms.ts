// Implicit terms: which entries are observed, not only their values, says something about a row and
// about a column. The vectors that the cores stand between are
//   x_u = P_u + |N(u)|^-1/2 sum over i in N(u) of E_i      N(u): the columns observed in row u
//   v_i = Q_i + |N(i)|^-1/2 sum over u in N(i) of F_u      N(i): the rows observed in column i
// with P the row factors, Q the column factors, E the pattern of rows and F that of columns.
import type { Parameter } from "../optim/optimizer.js";
import { Block, type Handle, sampledSingles } from "../wasm/index.js";

/** What the vectors of rows and columns are made of beside their factors. */
export interface Terms {
  /** x_u, of the last `forward`. */
  readonly rowVectors: Block;
  /** v_i. */
  readonly colVectors: Block;
  /** E and F, where they are in use. */
  readonly parameters: { readonly patternOfRow?: Parameter; readonly patternOfCol?: Parameter };
  forward(): void;
  /** Gradients of E and F from those of P and Q. */
  backward(): void;
}

/** No implicit terms: the vectors are the factors. */
export function noTerms(rowFactors: Block, colFactors: Block): Terms {
  return {
    rowVectors: rowFactors,
    colVectors: colFactors,
    parameters: {},
    forward() {},
    backward() {},
  };
}

/** The rows or the columns of the observed entries, in a job. */
export interface Side {
  /** Line l has the slots start[l] .. start[l + 1]. */
  readonly start: Int32Array;
  readonly starts: Handle;
  /** The other side's line of each slot. */
  readonly index: Handle;
  /** P or Q. */
  readonly factors: Parameter;
}

/** A side with its implicit terms. */
interface PatternedSide extends Side {
  /** |N|^-1/2; 0 where N is empty. */
  readonly scale: Handle;
  readonly pattern: Parameter;
  readonly vectors: Block;
}

export class PatternTerms implements Terms {
  readonly parameters: { readonly patternOfRow: Parameter; readonly patternOfCol: Parameter };
  readonly #rows: PatternedSide;
  readonly #cols: PatternedSide;

  /** @param parameterLike - makes a parameter of the size of another one. */
  constructor(rows: Side, cols: Side, parameterLike: (other: Block) => Parameter) {
    const patterned = (side: Side, other: Side): PatternedSide => {
      const { job, dtype, rows, cols } = side.factors;
      return {
        ...side,
        scale: job.put(inverseRoots(side.start)),
        pattern: parameterLike(other.factors),
        vectors: Block.allocate(job, dtype, rows, cols),
      };
    };
    this.#rows = patterned(rows, cols);
    this.#cols = patterned(cols, rows);
    this.parameters = { patternOfRow: this.#rows.pattern, patternOfCol: this.#cols.pattern };
  }

  get rowVectors(): Block {
    return this.#rows.vectors;
  }

  get colVectors(): Block {
    return this.#cols.vectors;
  }

  forward(): void {
    for (const { starts, index, scale, factors, pattern, vectors } of [this.#rows, this.#cols]) {
      const { job, rows, cols, handle } = vectors;
      const { f32 } = job.use(sampledSingles);
      f32.patternTimesDense(rows, cols, starts, index, pattern.handle, handle);
      f32.scaleLines(rows, cols, scale, handle, factors.handle, handle);
    }
  }

  backward(): void {
    backThrough(this.#rows, this.#cols);
    backThrough(this.#cols, this.#rows);
  }
}

/** The gradient of a side's pattern, whose lines are those of the other side. */
function backThrough(
  { scale, factors, pattern, vectors }: PatternedSide,
  { starts, index }: PatternedSide,
): void {
  const { job, rows, cols, handle } = vectors;
  const { f32 } = job.use(sampledSingles);
  // Nobody asks for the vectors before they are made anew.
  f32.scaleLines(rows, cols, scale, factors.gradient.handle, 0, handle);
  f32.patternTimesDense(pattern.rows, cols, starts, index, handle, pattern.gradient.handle);
}

/** 1 / sqrt(count) of the groups start[g] .. start[g + 1]; 0 for an empty one. */
function inverseRoots(start: Int32Array): Float32Array {
  return Float32Array.from({ length: start.length - 1 }, (_, g) => {
    const count = start[g + 1] - start[g];
    return count === 0 ? 0 : 1 / Math.sqrt(count);
  });
}
