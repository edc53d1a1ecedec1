// What a program does with threads, on every runtime: products of a pool, compared bit by bit with
// matmul. The pool is left idle: where it kept the process alive, the script would never end.
import { Matrix, matmul } from "lowrank";
import { ThreadPool } from "lowrank/threads";

const same = (A: Matrix, B: Matrix) => {
  const [a, b] = [A, B].map(({ data }) => new Uint32Array(data.slice().buffer));
  return a.length === b.length && a.every((word, i) => word === b[i]);
};

export async function answer() {
  let pool: ThreadPool;
  try {
    pool = await ThreadPool.create({ threads: 2 });
  } catch (error) {
    return { refused: `${(error as Error).name}: ${(error as Error).message}` };
  }
  const calls = (["f32", "f64"] as const).flatMap((dtype) => {
    const A = Matrix.randomNormal(333, 270, { seed: 1, dtype });
    const B = Matrix.randomNormal(270, 211, { seed: 2, dtype });
    return [
      { A, B, options: {} },
      { A, B: A, options: { transposeB: true } },
      { A, B: A, options: { transposeA: true } },
    ];
  });
  const products = await Promise.all(calls.map(({ A, B, options }) => pool.matmul(A, B, options)));
  const equal = products.map((C, i) => {
    const { A, B, options } = calls[i];
    return same(C, matmul(A, B, options));
  });
  const spare = await ThreadPool.create({ threads: 1 });
  await spare.terminate();
  const ended = await spare.matmul(calls[0].A, calls[0].B).catch((error) => error.name);
  return { equal, ended };
}
