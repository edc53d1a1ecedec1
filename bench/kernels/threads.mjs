// Question: what do two workers bring?
import { dense } from "../harness/matrices.mjs";
import { gigaflops, grid, under } from "../harness/tables.mjs";

export const question = "How much faster are two threads?";

/** Many: the bounds are narrow, and so is what moves the machine for seconds. */
export const rounds = 21;

export const chosen = ({ name, role }) => role === "threads" || name === "lowrank";

export function works({ sizes = [256, 512, 1024, 2048], dtypes = ["f32", "f64"] }) {
  return dtypes.flatMap((dtype) =>
    sizes.map((n) => ({
      name: `${dtype} ${n}`,
      operation: "matmul",
      dtype,
      size: n,
      operations: 2 * n ** 3,
      inputs: () => ({ A: dense(n, n, dtype, 1), B: dense(n, n, dtype, 2) }),
    })),
  );
}

export function tables(measurements) {
  const works = [...new Set(measurements.map(({ work }) => work))];
  return ["Node 20", "Node 24"].map((runtime) =>
    grid(
      `n x n, ${runtime}: GFLOP/s`,
      under(runtime, measurements),
      works.map((name) => ({ name, label: name })),
      gigaflops,
    ),
  );
}
