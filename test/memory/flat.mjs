// Run by flat.test.ts with --expose-gc: makes many calls of one kind and prints by how many bytes
// the process grew over them, after a warm-up, in resident memory and in memory outside the heap.
import { Matrix, matmul, qr, svd } from "lowrank";

const tall = Matrix.from(
  Array.from({ length: 8 }, (_, i) => Array.from({ length: 5 }, (_, j) => Math.sqrt(i + 2 * j))),
);

const work = {
  matmul: () => matmul(tall, tall, { transposeA: true }),
  qr: () => qr(tall),
  svd: () => svd(tall),
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

const [name, calls] = process.argv.slice(2);
const call = work[name];
for (let i = 0; i < Number(calls) / 10; i++) call();
const before = await held();
for (let i = 0; i < Number(calls); i++) call();
const after = await held();
const rss = after.rss - before.rss;
const outside = after.outside - before.outside;
console.log(JSON.stringify({ rss, outside }));
