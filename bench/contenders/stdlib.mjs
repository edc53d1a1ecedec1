// @stdlib's reference BLAS in plain JavaScript, on typed arrays as they are.
import dgemm from "@stdlib/blas-base-dgemm";
import sgemm from "@stdlib/blas-base-sgemm";
import { versionOf } from "../harness/installed.mjs";

export async function start() {
  return {
    get version() {
      return versionOf("@stdlib/blas-base-dgemm");
    },
    operations: {
      matmul: ({ dtype, inputs: { A, B } }) => ({
        "typed arrays, out": () => {
          const gemm = dtype === "f32" ? sgemm : dgemm;
          const [m, k, n] = [A.rows, A.cols, B.cols];
          const C = dtype === "f32" ? new Float32Array(m * n) : new Float64Array(m * n);
          const keep = "no-transpose";
          return {
            run() {
              gemm("row-major", keep, keep, m, n, k, 1, A.data, k, B.data, n, 0, C, n);
              return C;
            },
          };
        },
      }),
    },
  };
}
