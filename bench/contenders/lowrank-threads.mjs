// This package on a pool of two workers, as its users get it.

/** @param options.threads - workers; two by default. */
export async function start({ threads = 2 }) {
  const { ThreadPool } = await import(new URL("../../dist/threads/index.js", import.meta.url).href);
  const { Matrix } = await import(new URL("../../dist/index.js", import.meta.url).href);
  const pool = await ThreadPool.create({ threads });
  const matrix = ({ rows, cols, data }) => new Matrix(rows, cols, data);
  return {
    version: "",
    operations: {
      matmul: ({ dtype, inputs }) => ({
        "typed arrays": () => ({
          run: async () => (await pool.matmul(matrix(inputs.A), matrix(inputs.B))).data,
        }),
        "typed arrays, out": () => {
          const A = matrix(inputs.A);
          const B = matrix(inputs.B);
          const options = { out: Matrix.zeros(A.rows, B.cols, { dtype }) };
          return { run: async () => (await pool.matmul(A, B, options)).data };
        },
      }),
    },
  };
}
