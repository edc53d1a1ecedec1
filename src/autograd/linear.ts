// The linear layer: the one operation of a network that is worth a kernel's whole attention.
import type { Handle } from "../wasm/index.js";
import type { Tape, Tensor } from "./tape.js";

/** y = x W' + bias + scale (x A') B', for the rows x of a batch. */
export interface LinearOperands {
  /** W, out x in; expanded for each product where it is not a tensor. */
  readonly weight: Tensor | ExpandableMatrix;
  /** W' from the kernel `packB`, for a weight that stays as it is. */
  readonly packed?: Handle | undefined;
  /** 1 x out. */
  readonly bias?: Tensor | undefined;
  /** A low-rank addition: A is rank x in, B is out x rank. */
  readonly branch?: Branch | undefined;
  /** Shows x and dy, whose product dy' x is the gradient of W, when the backward pass comes by. */
  readonly observe?: ((x: Tensor, dy: Handle) => void) | undefined;
}

/** A matrix that memory holds in another form, and does not change. */
export interface ExpandableMatrix {
  readonly rows: number;
  readonly cols: number;
  /** Writes its entries. */
  expand(to: Handle): void;
}

export interface Branch {
  readonly A: Tensor;
  readonly B: Tensor;
  readonly scale: number;
}

/**
 * y of `LinearOperands`, one row a token. Adjoints, with g = scale dy B and h = x A':
 * dx = dy W + g A, dW = dy' x, dbias = sum of dy, dA = g' x, dB = scale dy' h.
 */
export function linear(tape: Tape, x: Tensor, operands: LinearOperands): Tensor {
  const { weight, packed, bias, branch, observe } = operands;
  const { gemm, gemmPacked, fillRows, addColumnSums } = tape.kernels;
  const [rows, from, to] = [x.rows, weight.cols, weight.rows];
  const trainable = "expand" in weight ? undefined : weight;
  const inputs = [x, trainable, bias, branch?.A, branch?.B];
  const y = tape.result(rows, to, inputs, observe !== undefined);
  if (bias) fillRows(rows, to, bias.value, y.value);
  const beta = bias ? 1 : 0;
  if (packed) gemmPacked(0, rows, to, from, 1, x.value, from, packed, beta, y.value, to);
  else {
    withEntries(tape, weight, (W) => {
      gemm(0, 1, rows, to, from, 1, x.value, from, W, from, beta, y.value, to);
    });
  }
  const addition = branch && addBranch(tape, x, y, branch);

  return tape.record(y, (dy) => {
    observe?.(x, dy);
    if (bias?.needsGradient) addColumnSums(rows, to, dy, tape.accumulateInto(bias));
    if (trainable?.needsGradient) {
      const { dx: dW, beta } = tape.accumulate(trainable);
      gemm(1, 0, to, from, rows, 1, dy, to, x.value, from, beta, dW, from);
    }
    if (x.needsGradient) {
      const { dx, beta } = tape.accumulate(x);
      withEntries(tape, weight, (W) => {
        gemm(0, 0, rows, from, to, 1, dy, to, W, from, beta, dx, from);
      });
    }
    addition?.(dy);
  });
}

function withEntries(tape: Tape, W: Tensor | ExpandableMatrix, use: (entries: Handle) => void) {
  if (!("expand" in W)) return use(W.value);
  tape.work(W.rows * W.cols, (space) => {
    W.expand(space);
    use(space);
  });
}

/** Adds the branch to y; returns its adjoint, which runs when dx has its first part. */
function addBranch(tape: Tape, x: Tensor, y: Tensor, { A, B, scale }: Branch) {
  const { gemm } = tape.kernels;
  const [rows, from, to, rank] = [x.rows, x.cols, y.cols, A.rows];
  const h = tape.result(rows, rank, []);
  gemm(0, 1, rows, rank, from, 1, x.value, from, A.value, from, 0, h.value, rank);
  gemm(0, 1, rows, to, rank, scale, h.value, rank, B.value, rank, 1, y.value, to);
  return (dy: Handle) => {
    const dA = A.needsGradient ? tape.accumulate(A) : undefined;
    const dB = B.needsGradient ? tape.accumulate(B) : undefined;
    const dx = x.needsGradient ? tape.accumulate(x) : undefined;
    if (dB) gemm(1, 0, to, rank, rows, scale, dy, to, h.value, rank, dB.beta, dB.dx, rank);
    if (!dA && !dx) return;
    tape.work(rows * rank, (g) => {
      gemm(0, 0, rows, rank, to, scale, dy, to, B.value, rank, 0, g, rank);
      if (dA) gemm(1, 0, rank, from, rows, 1, g, rank, x.value, from, dA.beta, dA.dx, from);
      if (dx) gemm(0, 0, rows, from, rank, 1, g, rank, A.value, from, dx.beta, dx.dx, from);
    });
  };
}

/** A B. Adjoints: dA = dC B', dB = A' dC. */
export function product(tape: Tape, A: Tensor, B: Tensor): Tensor {
  const { gemm } = tape.kernels;
  const [m, n, k] = [A.rows, B.cols, A.cols];
  const C = tape.result(m, n, [A, B]);
  gemm(0, 0, m, n, k, 1, A.value, k, B.value, n, 0, C.value, n);
  return tape.record(C, (dC) => {
    if (A.needsGradient) {
      const { dx, beta } = tape.accumulate(A);
      gemm(0, 1, m, k, n, 1, dC, n, B.value, n, beta, dx, k);
    }
    if (B.needsGradient) {
      const { dx, beta } = tape.accumulate(B);
      gemm(1, 0, k, n, m, 1, A.value, k, dC, n, beta, dx, n);
    }
  });
}
