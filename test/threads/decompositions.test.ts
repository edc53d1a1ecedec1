// Decompositions on a pool: the bits of one thread, whoever took which part.
import { afterAll, beforeAll, expect, test } from "vitest";
import { eigh, Matrix, matmul, Pca, pca, randomizedSvd, svd } from "../../src/index.js";
import { TerminatedError, ThreadPool } from "../../src/threads.js";

const pools: ThreadPool[] = [];

beforeAll(async () => {
  for (const threads of [1, 2, 3]) pools.push(await ThreadPool.create({ threads }));
});

afterAll(() => Promise.all(pools.map((pool) => pool.terminate())));

type Found = Record<string, unknown>;

/** Equal bits of all matrices, arrays and numbers. */
function expectSame(found: object, expected: object): void {
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    const other = (found as Found)[name];
    if (!(value instanceof Matrix)) {
      expect(other).toEqual(value);
      continue;
    }
    expect(other).toBeInstanceOf(Matrix);
    const [a, b] = [value, other as Matrix].map(({ data }) => new Uint8Array(data.slice().buffer));
    expect(Buffer.compare(a, b)).toBe(0);
  }
}

const shapes = [
  ...[
    [0, 3],
    [1, 1],
    [5, 3],
    [64, 64],
    [200, 130],
    [130, 200],
    [300, 300],
    [900, 40],
  ],
] as [number, number][];

for (const dtype of ["f32", "f64"] as const) {
  test.each(shapes)(`svd and randomizedSvd of %i x %i ${dtype}`, async (m, n) => {
    const A = Matrix.randomNormal(m, n, { seed: m + n, dtype });
    const rank = Math.min(m, n, 7);
    for (const pool of pools) {
      expectSame(await pool.svd(A), svd(A));
      expectSame(
        await pool.randomizedSvd(A, { rank, seed: 3 }),
        randomizedSvd(A, { rank, seed: 3 }),
      );
    }
  });

  test.each([1, 40, 150, 333])(`eigh of %i rows ${dtype}, from a Gram product`, async (n) => {
    const X = Matrix.randomNormal(n, n, { seed: n, dtype });
    const A = matmul(X, X, { transposeA: true });
    for (const pool of pools) {
      expectSame(await pool.eigh(A), eigh(A));
      expectSame(await pool.eigh(A, { vectors: false }), eigh(A, { vectors: false }));
    }
  });

  test(`pca by the scatter matrix and by iteration, ${dtype}`, async () => {
    for (const [rows, cols, components] of [
      [3000, 150, 20],
      [600, 300, 9],
      [90, 60, 60],
    ]) {
      const X = Matrix.randomNormal(rows, cols, { seed: rows, dtype });
      const expected = pca(X, { components, whiten: true });
      for (const pool of pools) {
        const found = await pool.pca(X, { components, whiten: true });
        expect(found).toBeInstanceOf(Pca);
        expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
      }
    }
  });
}

test("options are those of the function: full, Jacobi, a tolerance", async () => {
  const A = Matrix.randomNormal(120, 50, { seed: 1 });
  for (const pool of pools) {
    for (const options of [{ full: true }, { method: "jacobi" as const }, { vectors: false }]) {
      expectSame(await pool.svd(A, options), svd(A, options));
    }
    expectSame(
      await pool.randomizedSvd(A, { tolerance: 0.5 }),
      randomizedSvd(A, { tolerance: 0.5 }),
    );
  }
});

test("products and decompositions that overlap come each in their turn", async () => {
  const A = Matrix.randomNormal(260, 260, { seed: 4 });
  const [product, decomposed, triplets] = [matmul(A, A), svd(A), randomizedSvd(A, { rank: 5 })];
  for (const pool of pools) {
    const results = await Promise.all([
      pool.matmul(A, A),
      pool.svd(A),
      pool.matmul(A, A),
      pool.matmul(A, A),
      pool.randomizedSvd(A, { rank: 5 }),
      pool.matmul(A, A),
    ]);
    for (const i of [0, 2, 3, 5]) expectSame({ C: results[i] }, { C: product });
    expectSame(results[1], decomposed);
    expectSame(results[4], triplets);
  }
});

test("a memory that a decomposition made grow serves products, and conversely", async () => {
  const pool = await ThreadPool.create({ threads: 2 });
  const [small, large] = [20, 700].map((n) => Matrix.randomNormal(n, n, { seed: n }));
  expectSame(
    await pool.eigh(matmul(small, small, { transposeA: true })),
    eigh(matmul(small, small, { transposeA: true })),
  );
  expectSame({ C: await pool.matmul(large, large) }, { C: matmul(large, large) });
  expectSame(await pool.randomizedSvd(large, { rank: 3 }), randomizedSvd(large, { rank: 3 }));
  const wide = Matrix.randomNormal(3000, 600, { seed: 9 });
  expectSame(await pool.randomizedSvd(wide, { rank: 3 }), randomizedSvd(wide, { rank: 3 }));
  expectSame({ C: await pool.matmul(large, large) }, { C: matmul(large, large) });
  await pool.terminate();
});

test("what the caller did wrong rejects as the function throws, and the pool goes on", async () => {
  const A = Matrix.from([
    [1, 2],
    [3, Number.NaN],
  ]);
  const good = Matrix.from([
    [2, 1],
    [1, 2],
  ]);
  for (const pool of pools) {
    for (const [call, same] of [
      [() => pool.svd(A), () => svd(A)],
      [() => pool.eigh(A), () => eigh(A)],
      [() => pool.randomizedSvd(good, { rank: 3 }), () => randomizedSvd(good, { rank: 3 })],
      [() => pool.svd(good, { wrong: 1 } as object), () => svd(good, { wrong: 1 } as object)],
    ] as [() => Promise<unknown>, () => unknown][]) {
      let thrown: Error | undefined;
      try {
        same();
      } catch (error) {
        thrown = error as Error;
      }
      const rejected = (await call().catch((error) => error)) as Error;
      expect(rejected.message).toBe(thrown?.message);
      expect(rejected.constructor).toBe(thrown?.constructor);
    }
    await expect(pool.svd("no" as never)).rejects.toThrow(/ThreadPool\.svd: A is/);
    await expect(pool.svd(good, { full: () => 1 } as never)).rejects.toThrow(/cannot be sent/);
    expectSame(await pool.eigh(good), eigh(good));
  }
});

test("a decomposition under way rejects when the pool is terminated, and later ones at once", async () => {
  const pool = await ThreadPool.create({ threads: 2 });
  const A = Matrix.randomNormal(500, 500, { seed: 2 });
  const underWay = pool.svd(A);
  const waiting = pool.eigh(A);
  const settled = Promise.allSettled([underWay, waiting]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await pool.terminate();
  for (const { reason } of (await settled) as PromiseRejectedResult[]) {
    expect(reason).toBeInstanceOf(TerminatedError);
  }
  await expect(pool.svd(A)).rejects.toThrow(TerminatedError);
});
