// Run by flat.test.ts with --expose-gc: makes many calls of one kind and prints by how many bytes
// the process grew over them, after a warm-up, in resident memory and in memory outside the heap;
// again, up to four times, where that is above the limits.
import {
  completeMatrix,
  factorization,
  Matrix,
  matmul,
  qr,
  spectralCompress,
  svd,
  train,
} from "lowrank";
import { ThreadPool } from "lowrank/threads";

const [name, calls, limits] = process.argv.slice(2);
const limit = JSON.parse(limits);

const tall = Matrix.from(
  Array.from({ length: 8 }, (_, i) => Array.from({ length: 5 }, (_, j) => Math.sqrt(i + 2 * j))),
);

/** Ratings 1 .. 5 of 30 rows and 20 columns. */
const ratings = {
  rowIds: Array.from({ length: 400 }, (_, i) => `u${i % 30}`),
  colIds: Array.from({ length: 400 }, (_, i) => `i${(i * 7) % 20}`),
  values: Array.from({ length: 400 }, (_, i) => 1 + ((i * i) % 5)),
};

const pool = name === "pool" ? await ThreadPool.create({ threads: 2 }) : undefined;

const work = {
  matmul: () => matmul(tall, tall, { transposeA: true }),
  qr: () => qr(tall),
  svd: () => svd(tall),
  train() {
    const problem = factorization(tall);
    const model = spectralCompress(problem, { rank: 2 });
    for (const _ of train(model, problem, { steps: 20 }));
  },
  pool: () => pool.matmul(tall, tall, { transposeA: true }),
  completeMatrix: () => completeMatrix(ratings, { rank: 2, steps: 10 }),
};

/** Bytes held after everything that is garbage is gone. */
async function held() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { rss, external, arrayBuffers } = process.memoryUsage();
  return { rss, outside: external + arrayBuffers };
}

const call = work[name];
// As many calls as the engine needs to bring its young generation to full size: 31 MB grew over 100,000
// calls of qr as over 300,000.
for (let i = 0; i < Number(calls); i++) await call();
// What is leaked grows in every round; what the collector has put off, or a page that the allocator
// keeps, in some. So the best of a few rounds counts.
const best = { rss: Infinity, outside: Infinity };
for (
  let round = 0;
  round < 4 && (best.rss >= limit.rss || best.outside >= limit.outside);
  round++
) {
  const before = await held();
  for (let i = 0; i < Number(calls); i++) await call();
  const after = await held();
  for (const kind of ["rss", "outside"]) {
    best[kind] = Math.min(best[kind], after[kind] - before[kind]);
  }
}
console.log(JSON.stringify(best));
