// Calls every public function on seeded inputs, in both types, and hashes the bits of all results.
// It knows nothing but the package's entry and the language, so it runs on every runtime, and the
// hash must be the same on all of them. Sections exist so that a difference has a name.
import {
  adam,
  adamw,
  completion,
  compress,
  constant,
  cosine,
  DeepLinearNetwork,
  DivergenceError,
  deepFactorization,
  factorization,
  gd,
  linearDecay,
  Matrix,
  matmul,
  momentum,
  OutOfMemoryError,
  qr,
  randomizedSvd,
  SparseMatrix,
  sensing,
  spectralCompress,
  svd,
  train,
} from "lowrank";

type Bits = Float64Array | Float32Array | Int32Array | Uint8Array;
/** Puts results into the hash of the section. */
type Add = (...results: (Bits | Matrix | number | string | boolean)[]) => void;

/** Powers of two that bring a matrix to the middle and to the ends of its type's range. */
const scales = { f64: [1, 2 ** 1000, 2 ** -1000], f32: [1, 2 ** 120, 2 ** -120] };

const types = ["f64", "f32"] as const;

/** Entries in [-1, 1) with 24 bits each, so exact in both types. */
function matrix(rows: number, cols: number, seed: number, dtype: "f64" | "f32"): Matrix {
  const result = Matrix.zeros(rows, cols, { dtype });
  let state = seed;
  for (let i = 0; i < result.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    result.data[i] = (state >> 8) / 2 ** 23;
  }
  return result;
}

/** Tall, wide, square and degenerate. */
const shapes = [
  [1, 1],
  [0, 3],
  [40, 7],
  [7, 40],
  [33, 33],
];

/** A matrix of each shape and scale. */
function* matrices(dtype: "f64" | "f32"): Generator<Matrix> {
  for (const [rows, cols] of shapes) {
    for (const scale of scales[dtype]) {
      const A = matrix(rows, cols, rows + cols, dtype);
      A.data.forEach((entry, i) => {
        A.data[i] = entry * scale;
      });
      yield A;
    }
  }
}

/** About two thirds of the entries of a matrix. */
function sparse(rows: number, cols: number, seed: number, dtype: "f64" | "f32"): SparseMatrix {
  const { data } = matrix(rows, cols, seed, dtype);
  const kept = [...data.keys()].filter((i) => i % 3 > 0);
  return SparseMatrix.fromTriplets({
    rows,
    cols,
    rowIndices: Int32Array.from(kept, (i) => Math.floor(i / cols)),
    colIndices: Int32Array.from(kept, (i) => i % cols),
    values: data.filter((_, i) => i % 3 > 0),
  });
}

const sections: Record<string, (add: Add) => void> = {
  Matrix(add) {
    for (const dtype of types) {
      const A = matrix(5, 3, 1, dtype);
      A.set(1, 2, 0.1);
      add(A, A.transpose(), A.row(2), A.get(1, 2), A.astype("f32"), A.toArray().flat().length);
      add(A.equals(A.transpose()), Matrix.identity(3, 4, { dtype }), A.dtype);
      add(Matrix.from(A.toArray(), { dtype }).equals(A));
      add(Matrix.randomNormal(200, 100, { seed: 2 ** 40 + 7, dtype }));
    }
  },
  matmul(add) {
    for (const dtype of types) {
      for (const [m, n, k] of [
        [1, 1, 1],
        [7, 5, 3],
        [33, 65, 130],
        [64, 64, 300],
      ]) {
        const A = matrix(m, k, 2, dtype);
        const B = matrix(k, n, 3, dtype);
        const C = matmul(A, B);
        add(C, matmul(A.transpose(), B, { transposeA: true }));
        add(matmul(A, B.transpose(), { transposeB: true, out: C }));
      }
    }
  },
  qr(add) {
    for (const dtype of types) {
      for (const A of matrices(dtype)) {
        const { Q, R } = qr(A);
        add(Q, R);
      }
    }
  },
  svd(add) {
    for (const dtype of types) {
      for (const A of matrices(dtype)) {
        const { U, S, V } = svd(A);
        add(U, S, V);
      }
    }
  },
  SparseMatrix(add) {
    for (const dtype of types) {
      const A = sparse(30, 20, 5, dtype);
      add(A.toDense(), A.rowStart, A.colIndices, A.values, A.transpose().toDense(), A.nonzeros);
      add(A.multiply(matrix(20, 9, 6, dtype)), A.multiplyTransposed(matrix(30, 9, 7, dtype)));
    }
  },
  randomizedSvd(add) {
    for (const dtype of types) {
      for (const A of [matrix(40, 25, 8, dtype), sparse(30, 45, 9, dtype)]) {
        for (const options of [
          { rank: 4, seed: 1 },
          { rank: 25, seed: 2, powerIterations: 0 },
        ]) {
          const { U, S, V } = randomizedSvd(A, options);
          add(U, S, V);
        }
      }
    }
  },
  optimizers(add) {
    for (const optimizer of [gd(), momentum(), adam(), adamw()]) {
      add(optimizer.name, optimizer.learningRate ?? -1);
    }
    const decay = { learningRate: 0.1, steps: 50, warmup: 7, final: 0.003 };
    for (const schedule of [constant(0.3), linearDecay(decay), cosine(decay)]) {
      for (let step = 0; step < 60; step++) add(schedule(step));
    }
  },
  factorization(add) {
    for (const dtype of types) {
      const target = matmul(matrix(14, 2, 10, "f64"), matrix(2, 9, 11, "f64"));
      const operators = Array.from({ length: 60 }, (_, i) => matrix(14, 9, 20 + i, "f64"));
      const kept = [...target.data.keys()].filter((i) => i % 3 > 0);
      const problems = [
        factorization(target),
        sensing({ operators, measurements: operators.map((_, i) => (i % 7) - 3) }),
        completion({
          rows: 14,
          cols: 9,
          rowIndices: kept.map((i) => Math.floor(i / 9)),
          colIndices: kept.map((i) => i % 9),
          values: kept.map((i) => target.data[i]),
        }),
      ];
      for (const problem of problems) {
        const wide = deepFactorization({ shape: problem, scale: 0.1, seed: 4, dtype });
        const narrow = deepFactorization({ shape: problem, width: 4, scale: 0.1, seed: 4, dtype });
        const models = [
          wide,
          narrow,
          compress(wide, problem, { rank: 2 }),
          compress(wide, problem, { rank: 2, exact: true }),
          spectralCompress(problem, { rank: 2, scale: 0.1, dtype }),
        ];
        for (const model of models) {
          for (const options of [{}, { optimizer: gd() }, { optimizer: adam() }]) {
            for (const { loss } of train(model, problem, { steps: 40, ...options })) add(loss);
          }
          add(model.product(), ...model.factors(), model instanceof DeepLinearNetwork);
        }
      }
    }
  },
  errors(add) {
    add(new OutOfMemoryError(1e10, 65536).message);
    add(new DivergenceError(3, 1e30, 0.5, 4, 0.1).message);
  },
};

/** 64 bits of FNV-1a. */
class Hash {
  #state = 0xcbf29ce484222325n;

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#state = BigInt.asUintN(64, (this.#state ^ BigInt(byte)) * 0x100000001b3n);
    }
  }

  toString(): string {
    return this.#state.toString(16).padStart(16, "0");
  }
}

function bytesOf(result: Parameters<Add>[number]): Uint8Array {
  if (typeof result === "string") return new TextEncoder().encode(result);
  if (typeof result === "number") return bytesOf(Float64Array.of(result));
  if (typeof result === "boolean") return Uint8Array.of(result ? 1 : 0);
  const array = result instanceof Matrix ? result.data : result;
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** The hash over everything, and one for each section. */
export function conformance(): { hash: string; sections: Record<string, string> } {
  const all = new Hash();
  const each: Record<string, string> = {};
  for (const [name, run] of Object.entries(sections)) {
    const section = new Hash();
    run((...results) => {
      for (const result of results) section.add(bytesOf(result));
    });
    each[name] = section.toString();
    all.add(bytesOf(`${name} ${each[name]}`));
  }
  return { hash: all.toString(), sections: each };
}
