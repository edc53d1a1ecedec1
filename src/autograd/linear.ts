// The linear layer: the one operation of a network that is worth a kernel's whole attention.
import { type Block, type Handle, product, productsKernels, rowsKernels } from "../wasm/index.js";
import { type Tape, Tensor } from "./tape.js";

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
  readonly observe?: ((x: Tensor, dy: Block) => void) | undefined;
}

/** A matrix that memory holds in another form, and does not change. */
interface ExpandableMatrix {
  readonly rows: number;
  readonly cols: number;
  /** Writes its entries. */
  expand(to: Block): void;
}

interface Branch {
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
  const { fillRows, addColumnSums } = tape.use(rowsKernels);
  const { gemmPacked } = tape.use(productsKernels);
  const trainable = weight instanceof Tensor ? weight : undefined;
  const inputs = [x, trainable, bias, branch?.A, branch?.B];
  const y = tape.result(x.rows, weight.rows, inputs, observe !== undefined);
  const { rows, cols } = y;
  if (bias) fillRows(rows, cols, bias.handle, y.handle);
  const add = bias !== undefined;
  if (packed) {
    const beta = add ? 1 : 0;
    gemmPacked(0, rows, cols, x.cols, 1, x.handle, x.cols, packed, beta, y.handle, cols);
  } else {
    withEntries(tape, weight, (W) => product(x, W, { to: y, transposeB: true, add }));
  }
  const addition = branch && addBranch(tape, x, y, branch);

  return tape.record(y, (dy) => {
    observe?.(x, dy);
    if (bias?.needsGradient) {
      addColumnSums(rows, cols, dy.handle, tape.accumulateInto(bias).handle);
    }
    if (trainable?.needsGradient) {
      const { to, add } = tape.accumulate(trainable);
      product(dy, x, { to, add, transposeA: true });
    }
    if (x.needsGradient) {
      const dx = tape.accumulate(x);
      withEntries(tape, weight, (W) => product(dy, W, dx));
    }
    addition?.(dy);
  });
}

function withEntries(tape: Tape, W: Tensor | ExpandableMatrix, use: (entries: Block) => void) {
  if (W instanceof Tensor) return use(W);
  tape.work(W.rows, W.cols, (space) => {
    W.expand(space);
    use(space);
  });
}

/** Adds the branch to y; returns its adjoint, which runs when dx has its first part. */
function addBranch(tape: Tape, x: Tensor, y: Tensor, { A, B, scale }: Branch) {
  const h = tape.result(x.rows, A.rows, []);
  product(x, A, { to: h, transposeB: true });
  product(h, B, { to: y, transposeB: true, scale, add: true });
  return (dy: Block) => {
    const [dA, dB, dx] = [A, B, x].map((one) =>
      one.needsGradient ? tape.accumulate(one) : undefined,
    );
    if (dB) product(dy, h, { to: dB.to, add: dB.add, transposeA: true, scale });
    if (!dA && !dx) return;
    tape.work(h.rows, h.cols, (g) => {
      product(dy, B, { to: g, scale });
      if (dA) product(g, x, { to: dA.to, add: dA.add, transposeA: true });
      if (dx) product(g, A, dx);
    });
  };
}

/** A B. Adjoints: dA = dC B', dB = A' dC. */
export function multiply(tape: Tape, A: Tensor, B: Tensor): Tensor {
  const C = tape.result(A.rows, B.cols, [A, B]);
  product(A, B, { to: C });
  return tape.record(C, (dC) => {
    if (A.needsGradient) {
      const { to, add } = tape.accumulate(A);
      product(dC, B, { to, add, transposeB: true });
    }
    if (B.needsGradient) {
      const { to, add } = tape.accumulate(B);
      product(A, dC, { to, add, transposeA: true });
    }
  });
}
