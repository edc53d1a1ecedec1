// Calls every public function on seeded inputs, in both types, and hashes the bits of all results.
// It knows nothing but the package's entry and the language, so it runs on every runtime, and the
// hash must be the same on all of them. Sections exist so that a difference has a name.
import {
  adam,
  adamw,
  type Checkpoint,
  calibration,
  center,
  cholesky,
  clipNorm,
  completeMatrix,
  completion,
  compress,
  cond,
  constantRate,
  cosineDecay,
  cur,
  type DeepLinearNetwork,
  DivergenceError,
  deepFactorization,
  det,
  diagonal,
  eigh,
  evaluateRanking,
  factorization,
  fitCompletion,
  fitLowRank,
  fitRanking,
  gd,
  HouseholderQ,
  hadamard,
  holdOut,
  householderQr,
  hstack,
  innerProduct,
  interpolative,
  inverse,
  linearDecay,
  logDet,
  lstsq,
  Matrix,
  MatrixCompletion,
  MatrixRanking,
  ModelFileError,
  mae,
  mapEntries,
  matmul,
  means,
  momentum,
  NotPositiveDefiniteError,
  nmf,
  norm,
  nullSpace,
  nystrom,
  OnlineCompletion,
  OutOfMemoryError,
  PackedMatrix,
  Pca,
  type Problem,
  packMatrix,
  pca,
  pinv,
  add as plus,
  procrustes,
  qr,
  type RowToRank,
  randomizedSvd,
  rank,
  rankMatrix,
  rmse,
  robustPca,
  SingularMatrixError,
  SparseMatrix,
  StreamingPca,
  StreamingSvd,
  scale,
  scaleColumns,
  scaledGd,
  scaleRows,
  sensing,
  slice,
  solve,
  spectralCompress,
  splitInteractions,
  standardize,
  subtract,
  sums,
  svd,
  type TrainOptions,
  tfidf,
  trace,
  train,
  truncatedSvd,
  UnsupportedError,
  variances,
  viewRows,
  vstack,
} from "lowrank";
import {
  boundedRange,
  type CertifyOptions,
  catoni,
  certification,
  certify,
  klInverse,
  mcallester,
  occam,
  projector,
  smoothedRange,
  verifyCertificate,
} from "lowrank/bounds";
import {
  allocatePower,
  gaussianChannel,
  PolarAirServer,
  PolarAirWorker,
  readSum,
} from "lowrank/federated";
import {
  absolute,
  FeedForward,
  medianOfMeans,
  ReluGenerator,
  recover,
  squares,
  weightDistributionDeviation,
} from "lowrank/generative";

type Bits = Float64Array | Float32Array | Int32Array | Uint8Array;
/** Puts results into the hash of the section. */
type Add = (...results: (Bits | Matrix | number | string | boolean)[]) => void;

/** Powers of two that bring a matrix to the middle and to the ends of its type's range. */
const scales = { f64: [1, 2 ** 1000, 2 ** -1000], f32: [1, 2 ** 120, 2 ** -120] };

const types = ["f64", "f32"] as const;

/**
 * Entries in [-1, 1) with 24 bits each, so exact in both types. By a generator of its own: this
 * script runs alone in other runtimes, beside the package only.
 */
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

/** Every number of an evaluation, by its name. */
function addEvaluation(add: Add, evaluation: object): void {
  for (const [key, value] of Object.entries(evaluation)) {
    if (typeof value === "number") add(key, value);
    else addEvaluation(add, value);
  }
}

/** One problem of each kind with the same target of rank 2. */
function problems(rows: number, cols: number, dtype: "f64" | "f32"): Problem[] {
  const target = matmul(matrix(rows, 2, 11, dtype), matrix(2, cols, 12, dtype));
  const operators = Array.from({ length: 60 }, (_, i) => matrix(rows, cols, 20 + i, dtype));
  const measurements = Float64Array.from(operators, (operator) =>
    [...operator.data].reduce((sum, entry, i) => sum + entry * target.data[i], 0),
  );
  const kept = [...target.data.keys()].filter((i) => i % 3 > 0);
  return [
    factorization(target),
    sensing({ operators, measurements }),
    completion({
      rows,
      cols,
      rowIndices: Int32Array.from(kept, (i) => Math.floor(i / cols)),
      colIndices: Int32Array.from(kept, (i) => i % cols),
      values: target.data.filter((_, i) => i % 3 > 0),
    }),
  ];
}

/** Values of rank 2 on a scale of their own, two thirds of them observed. */
function ratings(rows: number, cols: number) {
  const values = matmul(matrix(rows, 2, 13, "f64"), matrix(2, cols, 14, "f64")).data;
  const columns = () => ({
    rowIds: [] as string[],
    colIds: [] as string[],
    values: [] as number[],
  });
  const [observed, hidden] = [columns(), columns()];
  for (let i = 0; i < values.length; i++) {
    const to = i % 3 > 0 ? observed : hidden;
    to.rowIds.push(`u${Math.floor(i / cols)}`);
    to.colIds.push(`i${i % cols}`);
    to.values.push(3 + 2 * values[i]);
  }
  return { observed, hidden };
}

/** Trains for a while, over a checkpoint in the middle; adds everything that can be seen of it. */
function run(
  add: Add,
  model: DeepLinearNetwork,
  problem: Problem,
  options: Omit<TrainOptions, "steps">,
): void {
  let middle: { checkpoint?: Checkpoint } = {};
  const first = train(model, problem, { ...options, steps: 15 });
  for (const { step, loss } of first) {
    add(loss);
    if (step === 10) middle = { checkpoint: first.checkpoint() };
  }
  const second = train(model, problem, { ...options, steps: 30, ...middle });
  for (const { loss } of second) add(loss);
  add(second.learningRate, second.outerLearningRateRatio, second.stability ?? -1);
  add(model.parameterCount, model.product(), ...model.factors());
}

const sections: Record<string, (add: Add) => void> = {
  Matrix(add) {
    for (const dtype of types) {
      const A = matrix(5, 3, 1, dtype);
      A.set(1, 2, 0.1);
      add(A, A.transpose(), A.row(2), A.get(1, 2), A.astype("f32"), A.toArray().flat().length);
      add(A.equals(A.transpose()), Matrix.identity(3, 4, { dtype }), A.dtype);
      add(Matrix.from(A.toArray(), { dtype }).equals(A));
      add(Matrix.fromColumns(A.transpose().toArray(), { dtype }).equals(A));
      add(Matrix.randomNormal(200, 100, { seed: 2 ** 40 + 7, dtype }));
    }
  },
  arithmetic(add) {
    for (const dtype of types) {
      const [A, B] = [matrix(7, 4, 1, dtype), matrix(7, 4, 2, dtype)];
      add(plus(A, B), subtract(A, B), hadamard(A, B), scale(A, 0.1));
      add(scaleRows(A, B.column(0)), scaleColumns(A, B.row(0)), mapEntries(A, Math.abs));
      add(slice(A, { rows: [1, 3], cols: [2, 4] }), viewRows(A, 5), hstack([A, B]), vstack([A, B]));
      add(diagonal(A), trace(viewRows(A, 0, 4)), innerProduct(A, B), inverse(viewRows(A, 2, 6)));
      for (const of of ["columns", "rows"] as const) {
        add(sums(A, of), means(A, of), variances(A, of), variances(sparse(7, 4, 3, dtype), of));
      }
      add(center(A).centered, standardize(A).standardized, nullSpace(A.transpose()));
    }
  },
  decompositions(add) {
    for (const dtype of types) {
      const A = matrix(9, 6, 6, dtype);
      const { R, scale: size, residual } = procrustes(A, matrix(9, 6, 7, dtype));
      const { columns, coefficients } = interpolative(A, { rank: 3 });
      const { C, U, R: kept } = cur(A, { rank: 2 });
      add(R, size, residual, columns, coefficients, C, U, kept);
      const positive = mapEntries(A, Math.abs);
      const { W, H, error, iterations } = nmf(positive, { components: 2, maxIterations: 20 });
      add(W, H, error, iterations);
      const { lowRank, sparse: gross, rank: found } = robustPca(A, { maxIterations: 15 });
      add(lowRank, gross, found);
      const { landmarks, features } = nystrom(matmul(A, A, { transposeB: true }), { landmarks: 4 });
      add(landmarks, features);
      const S = sparse(8, 5, 8, dtype);
      const counts = SparseMatrix.from({ ...S.toJSON(), values: S.values.map(Math.abs) });
      const { weights, idf } = tfidf(counts);
      add(weights.values, idf, truncatedSvd(weights, { components: 2 }).components);
    }
  },
  pca(add) {
    for (const dtype of types) {
      for (const [rows, cols] of [
        [60, 5],
        [9, 20],
      ]) {
        const X = matrix(rows, cols, 4, dtype);
        const S = sparse(rows, cols, 5, dtype);
        const stream = new StreamingPca({ cols, dtype });
        stream.append(X);
        for (const model of [
          pca(X, { components: 3, scale: true }),
          pca(X, { variance: 0.9, whiten: true }),
          pca(S, { components: 2 }),
          stream.pca(),
        ]) {
          if (!(model instanceof Pca)) throw new Error("no Pca");
          add(model.components, model.explainedVariance, model.explainedVarianceRatio);
          add(model.inverse(model.transform(X)), model.reconstructionErrors(S));
        }
      }
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
        const packed = packMatrix(B);
        add(matmul(A, packed), packed instanceof PackedMatrix);
      }
    }
  },
  qr(add) {
    for (const dtype of types) {
      for (const A of matrices(dtype)) {
        const { Q, R } = qr(A);
        add(Q, R);
        const pivoted = householderQr(A, { pivoting: true });
        add(
          pivoted.Q instanceof HouseholderQ,
          pivoted.R,
          pivoted.permutation,
          pivoted.rank,
          pivoted.Q.toDense(),
        );
        add(pivoted.Q.multiply(pivoted.R), pivoted.Q.multiplyTransposed(A));
      }
    }
  },
  svd(add) {
    for (const dtype of types) {
      for (const A of matrices(dtype)) {
        for (const method of ["golub-kahan", "jacobi"] as const) {
          const { U, S, V } = svd(A, { method });
          add(U, S, V);
        }
        add(svd(A, { vectors: false }).S, svd(A, { full: true }).U, svd(A, { full: true }).V);
      }
    }
  },
  norm(add) {
    for (const dtype of types) {
      for (const kind of ["frobenius", "one", "infinity", "max", "spectral", "nuclear"] as const) {
        for (const A of matrices(dtype)) add(norm(A, kind));
      }
    }
  },
  solve(add) {
    for (const dtype of types) {
      add(solve(matrix(30, 30, 15, dtype), matrix(30, 4, 16, dtype)));
      try {
        solve(Matrix.zeros(2, 2, { dtype }), Matrix.zeros(2, 1, { dtype }));
      } catch (error) {
        if (!(error instanceof SingularMatrixError)) throw error;
        add(error.message);
      }
    }
  },
  cholesky(add) {
    for (const dtype of types) {
      for (const size of [0, 1, 16, 75]) {
        const A = matrix(size, size, 17, dtype);
        const G = matmul(A, A, { transposeA: true });
        for (let i = 0; i < size; i++) G.set(i, i, G.get(i, i) + 1);
        add(cholesky(G));
      }
      try {
        cholesky(Matrix.from([[-1]], { dtype }));
      } catch (error) {
        if (!(error instanceof NotPositiveDefiniteError)) throw error;
        add(error.message, error.minor);
      }
    }
  },
  solvers(add) {
    for (const dtype of types) {
      for (const A of matrices(dtype)) {
        const { X, residualNorms, rank: known, S } = lstsq(A, matrix(A.rows, 3, 18, dtype));
        add(X, residualNorms, known, S, pinv(A), rank(A, { tolerance: 0.1 }));
        if (A.rows > 0) add(cond(A));
      }
      const A = matrix(33, 33, 19, dtype);
      const { sign, logAbs } = logDet(A);
      add(det(A), sign, logAbs, cond(A, "one"), cond(A, "infinity"));
    }
  },
  eigh(add) {
    for (const dtype of types) {
      for (const size of [0, 1, 2, 30]) {
        const A = matrix(size, size, 10, dtype);
        const { values, vectors } = eigh(matmul(A, A, { transposeA: true }));
        add(values, vectors);
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
          const { U, S, V, errorEstimate } = randomizedSvd(A, options);
          add(U, S, V, errorEstimate);
        }
        const { U, S, V, errorEstimate } = randomizedSvd(A, { tolerance: 0.3, seed: 3 });
        add(U, S, V, errorEstimate);
      }
    }
  },
  StreamingSvd(add) {
    for (const dtype of types) {
      const stream = new StreamingSvd({ cols: 20, rank: 3, seed: 4, dtype });
      for (const rows of [1, 30, 7]) stream.append(matrix(rows, 20, rows, dtype));
      const { U, S, V, errorEstimate } = stream.svd();
      add(U, S, V, errorEstimate, stream.rows);
    }
  },
  holdOut(add) {
    const data = {
      ...{ rows: 5, cols: 4, rowIndices: [0, 1, 2, 3, 4, 0], colIndices: [0, 1, 2, 3, 0, 1] },
      values: [1, 2, 3, 4, 5, 6],
    };
    const { training, validation } = holdOut(data, { share: 0.4, seed: 9 });
    add(Float64Array.from(training.values), Float64Array.from(validation.values));
  },
  OnlineCompletion(add) {
    const A = matrix(8, 6, 3, "f64");
    const online = new OnlineCompletion({ rank: 2, seed: 1 });
    for (let row = 0; row < 8; row++) {
      const colIndices = [0, 1, 2, 3, 4, 5].filter((col) => (row + col) % 3 !== 0);
      const values = colIndices.map((col) => A.get(row, col));
      online.update({ rowIndices: colIndices.map(() => row), colIndices, values });
    }
    online.sweep();
    const { U, S, V } = online.svd();
    add(U, S, V, online.at(7, 5));
  },
  training(add) {
    for (const dtype of types) {
      for (const [rows, cols] of [
        [12, 12],
        [9, 14],
        [14, 9],
      ]) {
        const shape = { rows, cols };
        const [full, ...partial] = problems(rows, cols, dtype);
        const wide = { shape, scale: 0.3, seed: 3, dtype };
        run(add, deepFactorization(wide), full, {});
        run(add, deepFactorization({ ...wide, width: 4 }), full, {});
        run(add, deepFactorization({ ...wide, initialization: "haar" }), full, { optimizer: gd() });
        run(add, compress(deepFactorization(wide), full, { rank: 2 }), full, {});
        run(add, compress(deepFactorization(wide), full, { rank: 2, exact: true }), full, {});
        for (const problem of [full, ...partial]) {
          for (const optimizer of [
            momentum(),
            adam({ learningRate: 0.01 }),
            adamw({ learningRate: 0.01, weightDecay: 0.1 }),
            clipNorm(gd({ learningRate: 0.01 }), 0.5),
            scaledGd(),
          ]) {
            const narrow = spectralCompress(problem, { rank: 2, scale: 0.3, depth: 4, dtype });
            run(add, narrow, problem, { optimizer });
          }
        }
      }
    }
  },
  fitLowRank(add) {
    for (const problem of problems(14, 12, "f64")) {
      const fit = fitLowRank(problem, { steps: 40, maxRank: 4 });
      for (const { loss, rank } of fit) add(loss, rank);
      add(fit.model.product());
    }
  },
  divergence(add) {
    const [problem] = problems(8, 8, "f64");
    const model = spectralCompress(problem, { rank: 2, scale: 0.3 });
    try {
      run(add, model, problem, { optimizer: gd({ learningRate: 10 }) });
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      add(error.message);
    }
  },
  rankMatrix(add) {
    const { observed, hidden } = ratings(50, 40);
    const { rowIds, colIds, values } = observed;
    const clicks = { rowIds, colIds };
    for (const weights of [undefined, values]) {
      const fit = fitRanking(weights ? { ...clicks, weights } : clicks, { rank: 6 });
      let result = fit.next();
      for (; !result.done; result = fit.next()) add(result.value.step);
      const model = MatrixRanking.load(result.value.save());
      add(model.save(), model.rank, model.validation?.ndcg100 ?? -1);
      for (const row of ["u7", model.foldIn(["i3", "i8"])]) {
        for (const { id, score } of model.recommend(row, 5, { diversity: 0.2 })) add(id, score);
      }
      addEvaluation(add, model.evaluate({ rowIds: hidden.rowIds, colIds: hidden.colIds }));
    }
    const times = Array.from(rowIds, (_, i) => (i * 7) % 50);
    const aged = rankMatrix({ ...clicks, times }, { rank: 6, validationFraction: 0, halfLife: 9 });
    add(aged.update({ rowIds: ["u7", "u_"], colIds: ["i_", "i3"], times: [60, 55] }).save());
    const ids = [...aged.colIds, "cold"];
    const features = matrix(ids.length, 3, 21, "f64");
    const people = matrix(aged.rows, 2, 22, "f64");
    const sides = { cols: { ids, features }, rows: { ids: aged.rowIds, features: people } };
    const described = aged.withFeatures(sides);
    const unmet = described.foldIn({ features: [0.5, -0.25] });
    add(described.save(), described.score("u7", "cold"), described.score(unmet, "i3"));
    add(described.update({ rowIds: ["u7"], colIds: ["cold"], times: [61] }).save());
    const factors = rankMatrix(clicks, { rank: 6, validationFraction: 0 });
    add(factors.factors().rows, factors.factors().cols, factors.explain("u7", "i5").score);
    add(factors.similarItems("i5", 1)[0].id);
  },
  evaluateRanking(add) {
    const { rowIds, colIds } = ratings(50, 40).observed;
    const clicks = { rowIds, colIds, times: Array.from(rowIds, (_, i) => (i * 7) % 11) };
    for (const by of ["random", "last", "time", "rows"] as const) {
      const split = splitInteractions(clicks, { by, seed: 3 });
      const byLength = { scores: ({ colIds: all }: RowToRank) => all.map((id) => id.length) };
      addEvaluation(add, evaluateRanking(byLength, split, { cutoffs: [3, 10] }));
    }
  },
  calibration(add) {
    const { values } = ratings(20, 10).observed;
    const predicted = values.map((value, i) => value + ((i * 5) % 7) / 9);
    const { bins, error } = calibration(values, predicted, { bins: 4 });
    for (const bin of bins) add(bin.count, bin.predicted, bin.observed);
    add(error, mae(values, predicted), rmse(values, predicted));
  },
  completeMatrix(add) {
    const { observed, hidden } = ratings(50, 40);
    const options = { rank: 4, steps: 60, seed: 1, ranking: false };
    const fit = fitCompletion(observed, options);
    let result = fit.next();
    for (; !result.done; result = fit.next()) {
      add(result.value.loss, result.value.validationRmse ?? -1);
    }
    const model = result.value;
    add(model.rank, model.save(), model.predictAll(), model.singularValues(), model.parameterCount);
    const twin = MatrixCompletion.load(model.save());
    add(twin.predictEach(hidden), twin.rmse(hidden), twin.baselineRmse(hidden));
    const newcomer = twin.foldIn({ colIds: ["i3", "i8", "unseen"], values: [5, 1, 3] });
    for (const row of ["u7", newcomer]) {
      add(twin.predict(row, "i5"));
      for (const { id, score } of twin.recommend(row, 5)) add(id, score);
    }
    add(completeMatrix(observed, { ...options, depth: 0, implicit: false }).save());
    add(completeMatrix(observed, { ...options, solver: "adam" }).save());
    try {
      MatrixCompletion.load(model.save().subarray(1));
    } catch (error) {
      if (!(error instanceof ModelFileError)) throw error;
      add(error.message);
    }
  },
  losses(add) {
    const triplets = {
      rows: 6,
      cols: 5,
      rowIndices: Array.from({ length: 20 }, (_, p) => p % 6),
      colIndices: Array.from({ length: 20 }, (_, p) => (p * 7) % 5),
      values: Array.from({ length: 20 }, (_, p) => (p === 3 ? 90 : ((p % 6) + 1) * 0.3)),
    };
    for (const options of [
      { loss: "huber", threshold: 0.2 },
      { loss: "medianOfMeans", blocks: 5, seed: 3 },
    ] as const) {
      const problem = completion(triplets, options);
      const model = spectralCompress(problem, { rank: 1 });
      for (const { loss } of train(model, problem, { steps: 20 })) add(loss);
      add(model.product());
    }
  },
  outliers(add) {
    const { observed, hidden } = ratings(50, 40);
    const values = observed.values.map((value, p) => (p % 101 === 7 ? 100 * value : value));
    const model = completeMatrix({ ...observed, values }, { rank: 4, steps: 40 });
    for (const { rowId, colId, value, expected } of model.outliers) {
      add(rowId, colId, value, expected);
    }
    add(model.outliers.length, model.save(), model.rmse(hidden));
  },
  rankingHead(add) {
    // Column i is the more often rated the lower i is, and only by rows of its parity.
    const { rowIds, colIds, values } = ratings(60, 30).observed;
    const number = (id: string) => Number(id.slice(1));
    const picked = Array.from(values.keys()).filter((p) => {
      const [u, i] = [number(rowIds[p]), number(colIds[p])];
      return u % 2 === i % 2 && (u * 7 + i * 5) % 30 > i;
    });
    const model = completeMatrix(
      {
        rowIds: picked.map((p) => rowIds[p]),
        colIds: picked.map((p) => colIds[p]),
        values: picked.map((p) => values[p]),
      },
      { rank: 4, steps: 20 },
    );
    const { ranking, rating, popularity } = model.orders?.ndcg10 ?? {};
    add(model.recommendsBy, ranking ?? -1, rating ?? -1, popularity ?? -1, model.save());
    const loaded = MatrixCompletion.load(model.save());
    const [first, second] = loaded.colIds;
    const newcomer = loaded.foldIn({ colIds: [first, second, "unseen"], values: [5, 1, 3] });
    for (const row of [loaded.rowIds[7], newcomer]) {
      for (const { id, score, value } of loaded.recommend(row, 5)) add(id, score, value);
    }
  },
  optimizers(add) {
    for (const optimizer of [gd(), momentum(), adam(), adamw(), scaledGd()]) {
      add(optimizer.name, optimizer.learningRate ?? -1);
    }
    const decay = { learningRate: 0.1, steps: 50, warmup: 7, final: 0.003 };
    for (const schedule of [constantRate(0.3), linearDecay(decay), cosineDecay(decay)]) {
      for (let step = 0; step < 60; step++) add(schedule(step));
    }
  },
  bounds(add) {
    for (const error of [0, 0.05, 0.3, 1]) {
      for (const nats of [0, 200 * Math.LN2, 5000]) {
        const evidence = { error, nats, samples: 10_000 };
        for (const bound of [catoni, klInverse, mcallester, occam]) add(bound(evidence));
        const range = smoothedRange(50_257, 0.1);
        add(boundedRange({ loss: error, range, nats, samples: 10_000, evaluated: 100 }));
      }
    }
  },
  projectors(add) {
    const kinds = ["kronecker", "dense", "sparse", "fastfood", "film", "film-kronecker"] as const;
    for (const kind of kinds) {
      const ranges = kind.startsWith("film") ? { ranges: [[10, 90] as const] } : {};
      const map = projector({ kind, size: 300, dimension: 25, seed: 137, ...ranges });
      for (const dtype of types) {
        add(map.apply(matrix(1, 25, 3, dtype).data), map.adjoint(matrix(1, 300, 4, dtype).data));
      }
    }
  },
  federated(add) {
    const scheme = { dimension: 2000, sparsity: 12, spreading: 16, seed: 3 };
    const workers = [new PolarAirWorker(scheme), new PolarAirWorker(scheme)];
    const server = new PolarAirServer(scheme);
    const channel = gaussianChannel({ power: 100, seed: 4 });
    for (let round = 0; round < 3; round++) {
      const signals = workers.map((worker, w) =>
        worker.encode(matrix(2000, 1, 10 * w + round, "f64").data),
      );
      const received = channel.transmit(signals);
      const { gradient, indices, values, rounds, products } = server.decode(received);
      add(received, gradient, indices, values, rounds, products, workers[0].unsent());
      const { spreading, codeLength } = server.adapt();
      add(readSum(allocatePower(signals[0], 10), spreading, codeLength));
    }
  },
  networks(add) {
    for (const dtype of types) {
      const network = new FeedForward({ sizes: [7, 20, 5], dtype });
      const parameters = network.start({ seed: 3 });
      const X = matrix(9, 7, 4, dtype);
      const labels = Array.from({ length: 9 }, (_, i) => i % 5);
      const { loss, gradient } = network.lossGradient(parameters, X, labels);
      const back = network.inputGradient(parameters, X, matrix(9, 5, 6, dtype));
      add(parameters, network.value(parameters, X), network.classify(parameters, X));
      const by = network.parameterGradient(parameters, X, matrix(9, 5, 6, dtype));
      add(loss, gradient, back.value, back.gradient, by.gradient);
    }
  },
  generative(add) {
    for (const dtype of types) {
      const random = ReluGenerator.random({ sizes: [3, 12, 30], seed: 5, dtype });
      const generator = ReluGenerator.fromSafetensors(random.toSafetensors(), { dtype });
      const operator = matrix(24, 30, 7, dtype);
      const measurements = operator.data.slice(0, 24);
      for (const loss of [squares(), absolute(), medianOfMeans({ blocks: 6 })]) {
        for (const kind of ["linear", "magnitude"] as const) {
          const run = recover({ operator, measurements, generator, loss, kind, steps: 30 });
          for (const step of run) add(step.loss);
          add(run.latent, run.signal);
        }
      }
      const signs = measurements.map((y: number) => (y > 0 ? 1 : -1));
      const run = recover({ operator, measurements: signs, generator, kind: "sign", steps: 30 });
      for (const step of run) add(step.loss);
    }
    add(weightDistributionDeviation(matrix(40, 5, 8, "f64"), { pairs: 10, climbs: 10 }));
  },
  certificates(add) {
    const inputs = matrix(60, 6, 5, "f32");
    const labels = Array.from({ length: 60 }, (_, i) => (inputs.get(i, 0) > 0 ? 1 : 0));
    const brief = { sizes: [6, 8, 2], steps: 20, tuningSteps: 10, batchSize: 16, seed: 7 };
    const settings: Partial<CertifyOptions>[] = [
      { dimension: 16 },
      { map: "sparse", dimension: 10, levels: 3, codebook: "uniform" },
      { update: "lora", rank: 2, dimension: 9 },
      { map: "cores", rank: 3, bases: "gradient", payForBases: true },
      { map: "cores", rank: 3, depth: 2 },
    ];
    for (const setting of settings) {
      const { file, checksum } = certify({ inputs, labels }, { ...brief, ...setting });
      const { error, bound, fileBound } = verifyCertificate(file, { inputs, labels });
      add(file, checksum, error, bound, fileBound);
    }
    const steps = certification({ inputs, labels }, { ...brief, map: "identity" });
    for (let next = steps.next(); !next.done; next = steps.next()) add(next.value.loss);
  },
  errors(add) {
    add(new OutOfMemoryError(1e10, 65536).message, new UnsupportedError("lacking").message);
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

/** The hash over everything, or over some sections, and one for each section. */
export function conformance(only = Object.keys(sections)): {
  hash: string;
  sections: Record<string, string>;
} {
  const all = new Hash();
  const each: Record<string, string> = {};
  for (const name of only) {
    const section = new Hash();
    sections[name]((...results) => {
      for (const result of results) section.add(bytesOf(result));
    });
    each[name] = section.toString();
    all.add(bytesOf(`${name} ${each[name]}`));
  }
  return { hash: all.toString(), sections: each };
}

export { conformance as answer };
