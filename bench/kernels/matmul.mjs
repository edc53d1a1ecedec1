// Question: how far is matmul from its peers and from the limit of the machine, at every size?
import { dense } from "../harness/matrices.mjs";
import { gigaflops, grid, under } from "../harness/tables.mjs";

export const question = "How fast is matmul beside its peers, at every size?";

/** Many: the bounds are narrow, and so is what moves the machine for seconds. */
export const rounds = 21;

/** The threads have a bench of their own. */
export const chosen = ({ role }) => role !== "threads";

const regular = [4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** @param options.sizes - other sizes than these; options.dtypes - other types than both. */
export function works({ sizes = regular, dtypes = ["f32", "f64"] }) {
  return dtypes.flatMap((dtype) =>
    sizes.map((n) => ({
      name: `${dtype} ${n}`,
      operation: "matmul",
      dtype,
      size: n,
      operations: 2 * n ** 3,
      garbage: n === 4 ? 2000 : undefined,
      inputs: () => ({ A: dense(n, n, dtype, 1), B: dense(n, n, dtype, 2) }),
    })),
  );
}

export function tables(measurements) {
  const sizes = [...new Set(measurements.map(({ size }) => size))];
  return ["f32", "f64"].flatMap((dtype) =>
    ["Node 20", "Node 24"].map((runtime) =>
      grid(
        `n x n, ${dtype}, ${runtime}: GFLOP/s`,
        under(runtime, measurements),
        sizes.map((n) => ({ name: `${dtype} ${n}`, label: `${n}` })),
        gigaflops,
      ),
    ),
  );
}
