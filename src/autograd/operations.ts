// The operations of a network besides linear layers and attention, each with its adjoint.
import {
  type Block,
  type DType,
  type FloatArray,
  type Handle,
  type Job,
  type NetworksKernels,
  networksKernels,
  rowsKernels,
} from "../wasm/index.js";
import { copy, type Tape, type Tensor } from "./tape.js";

/** x + y. */
export function add(tape: Tape, x: Tensor, y: Tensor): Tensor {
  const z = tape.result(x.rows, x.cols, [x, y]);
  copy(x, z);
  tape.kernels.axpy(z.length, 1, y.handle, z.handle);
  return tape.record(z, (dz) => {
    for (const input of [x, y]) tape.contribute(input, (dx) => copy(dz, dx));
  });
}

/** x Phi(x), the exact GELU. */
export function gelu(tape: Tape, x: Tensor): Tensor {
  const { gelu, geluAdjoint } = tape.use(networksKernels);
  const y = tape.result(x.rows, x.cols, [x]);
  gelu(y.length, x.handle, y.handle);
  return tape.record(y, (dy) => {
    tape.contribute(x, (dx) => geluAdjoint(y.length, x.handle, y.handle, dy.handle, dx.handle));
  });
}

/** max(x, 0). */
export function relu(tape: Tape, x: Tensor): Tensor {
  return elementwise(
    tape,
    x,
    tape.use(networksKernels).relu,
    tape.use(networksKernels).reluAdjoint,
  );
}

/** tanh x. */
export function tanh(tape: Tape, x: Tensor): Tensor {
  return elementwise(
    tape,
    x,
    tape.use(networksKernels).tanh,
    tape.use(networksKernels).tanhAdjoint,
  );
}

/** A function of every entry whose adjoint follows from its value. */
function elementwise(
  tape: Tape,
  x: Tensor,
  compute: NetworksKernels["tanh"],
  adjoint: NetworksKernels["tanhAdjoint"],
): Tensor {
  const y = tape.result(x.rows, x.cols, [x]);
  compute(y.length, x.handle, y.handle);
  return tape.record(y, (dy) => {
    tape.contribute(x, (dx) => adjoint(y.length, y.handle, dy.handle, dx.handle));
  });
}

/** What decides which entries dropout drops: the same again, the same entries. */
export interface Dropout {
  /** Share of the entries that are dropped, in [0, 1). */
  readonly probability: number;
  readonly seed: number;
  /** Tells steps apart. */
  readonly step: number;
  /** Tells the places of a network apart. */
  readonly stream: number;
}

/** x with entries dropped at random and the others scaled up; x itself where nothing is dropped. */
export function dropout(tape: Tape, x: Tensor, choice: Dropout | undefined): Tensor {
  if (!choice || choice.probability === 0) return x;
  const y = tape.result(x.rows, x.cols, [x]);
  dropEntries(choice, x, y);
  return tape.record(y, (dy) => tape.contribute(x, (dx) => dropEntries(choice, dy, dx)));
}

/** The same on blocks. @param start - of x in a larger array; divisible by 4. */
export function dropEntries(
  { probability, seed, step, stream }: Dropout,
  x: Block,
  y: Block,
  start = 0,
): void {
  x.use(networksKernels).dropout(
    x.length,
    probability,
    seed,
    step,
    stream,
    start,
    x.handle,
    y.handle,
  );
}

/** Every row normalised to mean 0 and variance 1, times `weight`, plus `bias` (1 x cols each). */
export function layerNorm(
  tape: Tape,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  epsilon: number,
): Tensor {
  const { layerNorm, layerNormAdjoint, layerNormWeightAdjoint } = tape.use(networksKernels);
  const { rows, cols } = x;
  const y = tape.result(rows, cols, [x, weight, bias]);
  const [means, scales] = [1, 2].map(() => tape.job.allocate(tape.dtype, rows));
  // biome-ignore format: as the kernel has them
  layerNorm(rows, cols, epsilon, x.handle, weight.handle, bias.handle, y.handle, means, scales);
  return tape.record(y, (dy) => {
    if (weight.needsGradient || bias.needsGradient) {
      const [dWeight, dBias] = [weight, bias].map((tensor) =>
        tensor.needsGradient ? tape.accumulateInto(tensor) : undefined,
      );
      // The kernel writes both gradients; an unwanted one goes to scratch space.
      tape.work(1, cols, (unused) => {
        const [toWeight, toBias] = [dWeight ?? unused, dBias ?? unused].map(({ handle }) => handle);
        const { handle } = x;
        layerNormWeightAdjoint(rows, cols, handle, means, scales, dy.handle, toWeight, toBias);
      });
    }
    tape.contribute(x, (dx) => {
      const { handle } = weight;
      layerNormAdjoint(rows, cols, x.handle, handle, means, scales, dy.handle, dx.handle);
    });
  });
}

/** Rows of a table, by index. */
export interface Lookup {
  readonly table: Tensor;
  /** i32, as many as the result has rows; in range, which nobody checks. */
  readonly index: Handle;
}

/** The sum of one row of each table, for each of `rows` rows; the adjoint scatters. */
export function lookUp(tape: Tape, rows: number, lookups: readonly Lookup[]): Tensor {
  const { gatherRows, addGatheredRows, scatterRows } = tape.use(rowsKernels);
  const { cols } = lookups[0].table;
  const y = tape.result(
    rows,
    cols,
    lookups.map(({ table }) => table),
  );
  lookups.forEach(({ table, index }, i) => {
    (i === 0 ? gatherRows : addGatheredRows)(rows, cols, table.handle, index, y.handle);
  });
  return tape.record(y, (dy) => {
    for (const { table, index } of lookups) {
      if (!table.needsGradient) continue;
      scatterRows(rows, cols, index, dy.handle, tape.accumulateInto(table).handle);
    }
  });
}

/** The mean of the rows of each segment; `start` (i32) has one entry more than segments. */
export function segmentMeans(tape: Tape, x: Tensor, segments: number, start: Handle): Tensor {
  const { segmentMeans, segmentMeansAdjoint } = tape.use(rowsKernels);
  const y = tape.result(segments, x.cols, [x]);
  segmentMeans(segments, x.cols, start, x.handle, y.handle);
  return tape.record(y, (dy) => {
    tape.contribute(x, (dx) => segmentMeansAdjoint(segments, x.cols, start, dy.handle, dx.handle));
  });
}

/** The cosine of rows 2i and 2i + 1, for each i: half as many rows, 1 column; 0 beside a zero row. */
export function pairCosines(tape: Tape, x: Tensor): Tensor {
  const y = tape.result(x.rows / 2, 1, [x]);
  /** Of pair i: the two rows, the squares of their lengths and their product. */
  const pair = (i: number) => {
    const [u, v] = [x.row(2 * i), x.row(2 * i + 1)];
    return { u, v, uu: dot(u, u), vv: dot(v, v), uv: dot(u, v) };
  };
  const cosines = y.view();
  for (let i = 0; i < y.rows; i++) {
    const { uu, vv, uv } = pair(i);
    // Only a zero row makes it 0: what is not a number stays so.
    cosines[i] = uu === 0 || vv === 0 ? 0 : uv / Math.sqrt(uu) / Math.sqrt(vv);
  }
  return tape.record(y, (dy) =>
    tape.contribute(x, (dx) => {
      for (let i = 0; i < y.rows; i++) {
        const { u, v, uu, vv, uv } = pair(i);
        const [du, dv] = [dx.row(2 * i), dx.row(2 * i + 1)];
        const product = Math.sqrt(uu) * Math.sqrt(vv);
        const scale = product > 0 ? dy.row(i)[0] / product : 0;
        const [byU, byV] = scale === 0 ? [0, 0] : [uv / uu, uv / vv];
        for (let j = 0; j < x.cols; j++) {
          du[j] = scale * (v[j] - byU * u[j]);
          dv[j] = scale * (u[j] - byV * v[j]);
        }
      }
    }),
  );
}

function dot(x: FloatArray, y: FloatArray): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** 1 / (1 + exp(-x)) of every entry, for what is not trained through: (1 + tanh(x / 2)) / 2. */
export function sigmoid(job: Job, dtype: DType, values: FloatArray): FloatArray {
  const mark = job.mark();
  const x = job.put(values.map((value: number) => value / 2) as FloatArray);
  job.use(networksKernels)[dtype].tanh(values.length, x, x);
  const result = job.read(dtype, x, values.length);
  job.release(mark);
  return result.map((value: number) => (1 + value) / 2) as FloatArray;
}
