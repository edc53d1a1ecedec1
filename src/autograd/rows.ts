// Operations on whole rows, of which pooling is made: scaled, the largest of a segment, side by side,
// cut, of length 1.
import type { Block } from "../wasm/index.js";
import { copy, type Tape, type Tensor } from "./tape.js";

/** Row i times `factors[i]`. */
export function scaleRows(tape: Tape, x: Tensor, factors: ArrayLike<number>): Tensor {
  const scaled = (from: Block, to: Block) => {
    copy(from, to);
    const { cols, handle } = to;
    for (let i = 0; i < to.rows; i++) {
      tape.kernels.scal(cols, factors[i], tape.job.at(tape.dtype, handle, i * cols));
    }
  };
  const y = tape.result(x.rows, x.cols, [x]);
  scaled(x, y);
  return tape.record(y, (dy) => tape.contribute(x, (dx) => scaled(dy, dx)));
}

/**
 * The largest entry of each column over rows starts[i] + skip .. starts[i + 1] - 1, for each segment i;
 * -Infinity where there are none. The adjoint goes to the first row that has it.
 */
export function segmentMaxima(
  tape: Tape,
  x: Tensor,
  starts: ArrayLike<number>,
  skip: number,
): Tensor {
  const { cols } = x;
  const segments = starts.length - 1;
  const y = tape.result(segments, cols, [x]);
  const rows = x.view();
  const maxima = y.view().fill(Number.NEGATIVE_INFINITY);
  const places = new Int32Array(segments * cols).fill(-1);
  for (let s = 0; s < segments; s++) {
    for (let row = starts[s] + skip; row < starts[s + 1]; row++) {
      for (let j = 0; j < cols; j++) {
        const [at, to] = [row * cols + j, s * cols + j];
        // What is not a number stays: it must not be hidden by one that is.
        if (places[to] >= 0 && !(rows[at] > maxima[to]) && !Number.isNaN(rows[at])) continue;
        maxima[to] = rows[at];
        places[to] = at;
      }
    }
  }
  return tape.record(y, (dy) => {
    if (!x.needsGradient) return;
    const dx = tape.accumulateInto(x).view();
    dy.view().forEach((value: number, to: number) => {
      if (places[to] >= 0) dx[places[to]] += value;
    });
  });
}

/** Matrices of as many rows, side by side. */
export function sideBySide(tape: Tape, parts: readonly Tensor[]): Tensor {
  const [{ rows }] = parts;
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const y = tape.result(rows, cols, parts);
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + part.cols, 0));
  for (let i = 0; i < rows; i++) {
    const row = y.row(i);
    parts.forEach((part, p) => {
      row.set(part.row(i), starts[p]);
    });
  }
  return tape.record(y, (dy) => {
    parts.forEach((part, p) => {
      tape.contribute(part, (dx) => {
        for (let i = 0; i < rows; i++) {
          dx.row(i).set(dy.row(i).subarray(starts[p], starts[p] + part.cols));
        }
      });
    });
  });
}

/** The first `count` columns. */
export function firstColumns(tape: Tape, x: Tensor, count: number): Tensor {
  if (count === x.cols) return x;
  const y = tape.result(x.rows, count, [x]);
  for (let i = 0; i < x.rows; i++) y.row(i).set(x.row(i).subarray(0, count));
  return tape.record(y, (dy) =>
    tape.contribute(x, (dx) => {
      dx.view().fill(0);
      for (let i = 0; i < x.rows; i++) dx.row(i).set(dy.row(i));
    }),
  );
}

/** Rows shorter than this are not brought to length 1: PyTorch's `normalize`. */
export const shortest = 1e-12;

/** Every row brought to length 1. The adjoint is that on the sphere: dx = (dy - (dy'y) y) / |x|. */
export function unitRows(tape: Tape, x: Tensor): Tensor {
  const { rows, cols } = x;
  const lengths = Array.from({ length: rows }, (_, i) => {
    let square = 0;
    for (const value of x.row(i)) square += value * value;
    return Math.sqrt(square);
  });
  const y = tape.result(rows, cols, [x]);
  const scale = (i: number) => 1 / Math.max(lengths[i], shortest);
  for (let i = 0; i < rows; i++) {
    y.row(i).set(x.row(i).map((value: number) => scale(i) * value));
  }
  return tape.record(y, (dy) =>
    tape.contribute(x, (dx) => {
      for (let i = 0; i < rows; i++) {
        const [from, unit, to] = [dy.row(i), y.row(i), dx.row(i)];
        let along = 0;
        if (lengths[i] > shortest) for (let j = 0; j < cols; j++) along += from[j] * unit[j];
        for (let j = 0; j < cols; j++) to[j] = scale(i) * (from[j] - along * unit[j]);
      }
    }),
  );
}
