// mathjs: plain JavaScript in f64. Plain nested arrays are its fastest form.
import { all, create } from "mathjs";
import { versionOf } from "../harness/installed.mjs";

export async function start() {
  const math = create(all);
  const nested = ({ rows, cols, data }) =>
    Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
  const out = (rows) => Float64Array.from(rows.flat());
  return {
    get version() {
      return versionOf("mathjs");
    },
    operations: {
      matmul({ dtype, inputs }) {
        if (dtype !== "f64") return {};
        return {
          "typed arrays": () => ({
            run: () => out(math.multiply(nested(inputs.A), nested(inputs.B))),
          }),
          "its own matrices": () => {
            const A = math.matrix(nested(inputs.A), "dense", "number");
            const B = math.matrix(nested(inputs.B), "dense", "number");
            return {
              run: () => math.multiply(A, B),
              read: () => out(math.multiply(A, B).toArray()),
            };
          },
        };
      },
    },
  };
}
