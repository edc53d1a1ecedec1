import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MatmulOptions, Matrix, matmul, OutOfMemoryError } from "../../src/index.js";
import { TerminatedError, ThreadPool, UnsupportedError } from "../../src/threads.js";

let pool: ThreadPool;

beforeAll(async () => {
  pool = await ThreadPool.create({ threads: 3 });
});

afterAll(() => pool.terminate());

/** Equal bits: NaN equals NaN and 0 does not equal -0. Entries are too many for a matcher. */
function same(A: Matrix, B: Matrix): boolean {
  const [a, b] = [A, B].map(({ data }) => new Uint8Array(data.slice().buffer));
  return Buffer.compare(a, b) === 0;
}

const recipe = fc.record({
  // Whole products, products cut in one direction, products cut in both.
  m: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 60, max: 300 })),
  n: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 60, max: 300 })),
  k: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 100, max: 600 })),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  dtype: fc.constantFrom("f32" as const, "f64" as const),
  seed: fc.nat(1000),
});

type Recipe = typeof recipe extends fc.Arbitrary<infer R> ? R : never;

function build({ m, n, k, transposeA, transposeB, dtype, seed }: Recipe) {
  const A = Matrix.randomNormal(...((transposeA ? [k, m] : [m, k]) as [number, number]), {
    ...{ seed, dtype },
  });
  const B = Matrix.randomNormal(...((transposeB ? [n, k] : [k, n]) as [number, number]), {
    ...{ seed: seed + 1, dtype },
  });
  const options: MatmulOptions = { transposeA, transposeB };
  return { A, B, options };
}

test("the pool's product equals matmul bit by bit, whatever the shape", async () => {
  await fc.assert(
    fc.asyncProperty(recipe, async (r) => {
      const { A, B, options } = build(r);
      const C = await pool.matmul(A, B, options);
      expect([C.rows, C.cols, C.dtype]).toEqual([r.m, r.n, r.dtype]);
      expect(same(C, matmul(A, B, options))).toBe(true);
    }),
  );
});

test("workers that pack at the same time do not disturb each other", async () => {
  // Long enough that they all work at once, whatever else the machine does.
  for (const dtype of ["f32", "f64"] as const) {
    const A = Matrix.randomNormal(700, 600, { seed: 1, dtype });
    const B = Matrix.randomNormal(600, 800, { seed: 2, dtype });
    const expected = matmul(A, B);
    for (let i = 0; i < 3; i++) expect(same(await pool.matmul(A, B), expected)).toBe(true);
  }
});

test("calls that overlap get each their own product", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(recipe, { maxLength: 12 }), async (recipes) => {
      const calls = recipes.map(build);
      const products = await Promise.all(
        calls.map(({ A, B, options }) => pool.matmul(A, B, options)),
      );
      products.forEach((C, i) => {
        const { A, B, options } = calls[i];
        expect(same(C, matmul(A, B, options))).toBe(true);
      });
    }),
    { numRuns: 20 },
  );
});

test("calls made while others are computed wait for their turn", async () => {
  const A = Matrix.randomNormal(200, 200, { seed: 1 });
  const first = pool.matmul(A, A);
  const second = new Promise<Matrix>((resolve) => {
    setTimeout(() => resolve(pool.matmul(A, A, { transposeA: true })), 0);
  });
  expect(same(await first, matmul(A, A))).toBe(true);
  expect(same(await second, matmul(A, A, { transposeA: true }))).toBe(true);
});

test("out is filled and returned, and may be an operand", async () => {
  const A = Matrix.randomNormal(150, 150, { seed: 3 });
  const expected = matmul(A, A);
  const out = new Matrix(150, 150, new Float64Array(150 ** 2).fill(Number.NaN));
  expect(await pool.matmul(A, A, { out })).toBe(out);
  expect(same(out, expected)).toBe(true);
  expect(await pool.matmul(A, A, { out: A })).toBe(A);
  expect(same(A, expected)).toBe(true);
});

test("views into larger arrays and shared arrays are operands like others", async () => {
  const large = Float64Array.from({ length: 1000 }, (_, i) => i);
  const A = new Matrix(10, 20, large.subarray(100, 300));
  const B = new Matrix(20, 10, new Float64Array(new SharedArrayBuffer(1600)).fill(0.1));
  const out = new Matrix(10, 10, new Float64Array(new SharedArrayBuffer(800)));
  expect(same(await pool.matmul(A, B, { out }), matmul(A, B))).toBe(true);
});

test("NaN and infinity pass through as in matmul", async () => {
  const A = Matrix.from([
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, -0],
  ]);
  expect(same(await pool.matmul(A, A), matmul(A, A))).toBe(true);
});

test("the calling thread goes on while the workers compute", async () => {
  const A = Matrix.randomNormal(1200, 1200, { seed: 5 });
  let turns = 0;
  let waiting = true;
  const turn = () => {
    turns++;
    if (waiting) setImmediate(turn);
  };
  setImmediate(turn);
  await pool.matmul(A, A);
  waiting = false;
  expect(turns).toBeGreaterThan(20);
});

const A = Matrix.randomNormal(3, 4, { seed: 1 });

test("what is no matrix is refused by name", async () => {
  const rows = [[1, 2]] as unknown as Matrix;
  await expect(pool.matmul(rows, A)).rejects.toThrow(TypeError);
  await expect(pool.matmul(A, A, { out: rows })).rejects.toThrow(/^ThreadPool.matmul: /);
});

test.each([
  ["inner sizes that differ", A, A, {}, /^ThreadPool.matmul: A is 3 x 4 and B is 3 x 4: the inner/],
  ["types that differ", A, A.astype("f32"), {}, /^ThreadPool.matmul: A is f64 and B is f32/],
  [
    "an out of another shape",
    ...([A, A, { transposeB: true, out: Matrix.zeros(2, 2) }] as const),
    /^ThreadPool.matmul: out is 2 x 2 f64: it must be 3 x 3 f64/,
  ],
])("%s reject with an error that names them", async (_, left, right, options, message) => {
  await expect(pool.matmul(left, right, options)).rejects.toThrow(message);
});

test("arrays that were detached before or during the product are refused by name", async () => {
  const gone = Matrix.randomNormal(4, 3, { seed: 2 });
  structuredClone(gone.data, { transfer: [gone.data.buffer as ArrayBuffer] });
  await expect(pool.matmul(A, gone)).rejects.toThrow(/^ThreadPool.matmul: B.data has 0 entries/);
  const out = Matrix.zeros(3, 3);
  const product = pool.matmul(A, A, { transposeB: true, out });
  structuredClone(out.data, { transfer: [out.data.buffer as ArrayBuffer] });
  await expect(product).rejects.toThrow(/^ThreadPool.matmul: out.data has 0 entries/);
});

test("a product too large for the memory is refused, its neighbours and the pool go on", async () => {
  const tall = Matrix.zeros(40_000, 1);
  const [large, small] = await Promise.allSettled([
    pool.matmul(tall, tall, { transposeB: true }),
    pool.matmul(A, A, { transposeB: true }),
  ]);
  expect(large.status === "rejected" && large.reason).toBeInstanceOf(OutOfMemoryError);
  expect(small.status).toBe("fulfilled");
  const C = await pool.matmul(tall, tall, { transposeA: true });
  expect(C.toArray()).toEqual([[0]]);
});

test("terminating rejects what is under way, what waits and what comes later", async () => {
  const own = await ThreadPool.create({ threads: 2 });
  // So large that no machine is done with it one turn of the event loop later.
  const large = Matrix.randomNormal(1500, 1500, { seed: 6 });
  const computing = own.matmul(large, large);
  await new Promise((resolve) => setImmediate(resolve));
  const waiting = own.matmul(A, A, { transposeB: true });
  const outcomes = Promise.allSettled([computing, waiting]);
  await own.terminate();
  for (const outcome of await outcomes) {
    expect(outcome.status === "rejected" && outcome.reason).toBeInstanceOf(TerminatedError);
  }
  await expect(own.matmul(A, A)).rejects.toThrow(
    "ThreadPool.matmul: the pool has no workers, it was terminated: create another pool",
  );
  await own.terminate();
});

test("a pool that goes out of an await using is terminated", async () => {
  const own = await ThreadPool.create({ threads: 1 });
  await own[Symbol.asyncDispose]();
  await expect(own.matmul(A, A)).rejects.toBeInstanceOf(TerminatedError);
});

/** A worker's program that answers `answers` messages and then does `end`. */
const program = (answers: number, end: string) => {
  const text = `
    const { parentPort } = process.getBuiltinModule("node:worker_threads");
    let count = 0;
    parentPort.on("message", () => {
      if (count++ < ${answers}) return parentPort.postMessage({});
      ${end};
    });`;
  return `data:text/javascript,${encodeURIComponent(text)}`;
};

test("a worker that dies at work rejects its product and ends the pool", async () => {
  for (const [end, reason] of [
    ["process.exit(3)", "it ended with code 3"],
    ["throw new Error('broken')", "broken"],
  ]) {
    const own = await ThreadPool.create({ threads: 2, workerUrl: program(1, end) });
    const product = own.matmul(A, A, { transposeB: true });
    await expect(product).rejects.toBeInstanceOf(TerminatedError);
    await expect(product).rejects.toThrow(reason);
    await expect(own.matmul(A, A)).rejects.toThrow(reason);
  }
});

test("an error in a worker rejects the product and leaves the pool usable", async () => {
  const failing = program(1, "parentPort.postMessage({ error: count === 2 ? 'trap' : undefined })");
  const own = await ThreadPool.create({ threads: 2, workerUrl: failing });
  await expect(own.matmul(A, A, { transposeB: true })).rejects.toThrow("a worker failed: trap");
  await own.matmul(A, A, { transposeB: true });
  await own.terminate();
});

test("workers that do not start are an UnsupportedError that says what to do", async () => {
  for (const workerUrl of [program(0, "process.exit(1)"), "file:///no/such/worker.js"]) {
    const starting = ThreadPool.create({ threads: 2, workerUrl });
    await expect(starting).rejects.toBeInstanceOf(UnsupportedError);
    await expect(starting).rejects.toThrow(
      /^ThreadPool.create: a worker did not start: .*workerUrl/,
    );
  }
});

test("pages that are not isolated are told which headers to send", async () => {
  Object.assign(globalThis, { crossOriginIsolated: false });
  try {
    await expect(ThreadPool.create()).rejects.toThrow(/Cross-Origin-Embedder-Policy: require-corp/);
  } finally {
    delete (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  }
});

test.each([0, 1.5, -1, 2000, Number.NaN, "2"])(
  "%o threads are refused by name",
  async (threads) => {
    const created = ThreadPool.create({ threads: threads as number });
    await expect(created).rejects.toThrow(RangeError);
    await expect(created).rejects.toThrow(/^ThreadPool.create: threads is/);
  },
);

test("a workerUrl that is no URL is refused by name", async () => {
  const created = ThreadPool.create({ workerUrl: "worker.js" });
  await expect(created).rejects.toThrow(
    'ThreadPool.create: workerUrl is "worker.js": it must be a URL',
  );
});

test("without options the pool has a worker for each processor that the host grants", async () => {
  const own = await ThreadPool.create();
  expect(own.threads).toBeGreaterThan(0);
  await own.terminate();
});
