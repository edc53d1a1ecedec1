// Question: are the optimizers' steps bound by memory?
//
// The bound: a loop that reads and writes as many arrays of that length and does one addition.
import { vector } from "../harness/matrices.mjs";
import { gigabytes, grid, under } from "../harness/tables.mjs";

export const question = "Are the optimizers' steps bound by memory?";

export const chosen = ({ role, relaxed }) => role !== "threads" && !relaxed;

const lengths = [10_000, 1_000_000];
/** Arrays that a step reads and writes. */
const streams = { gd: 3, momentum: 5, adam: 7 };
const elements = { f32: 4, f64: 8 };

export function works({ sizes = lengths, dtypes = ["f32", "f64"] }) {
  return dtypes.flatMap((dtype) =>
    sizes.flatMap((n) =>
      Object.entries(streams).map(([operation, arrays]) => ({
        name: `${operation} ${dtype} ${n}`,
        operation,
        dtype,
        size: n,
        bytes: n * elements[dtype] * arrays,
        parameters: { rate: 1e-6 },
        inputs: () => ({ x: vector(n, dtype, 1), g: vector(n, dtype, 2) }),
      })),
    ),
  );
}

export function tables(measurements) {
  const works = [...new Set(measurements.map(({ work }) => work))];
  return ["f32", "f64"].flatMap((dtype) =>
    ["Node 20", "Node 24"].map((runtime) =>
      grid(
        `One step, ${dtype}, ${runtime}: GB/s`,
        under(runtime, measurements),
        works
          .filter((work) => work.includes(` ${dtype} `))
          .map((name) => ({ name, label: name.replace(` ${dtype}`, ",") })),
        gigabytes,
      ),
    ),
  );
}
