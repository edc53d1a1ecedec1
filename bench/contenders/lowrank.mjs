// This package as its users get it, from dist/.
import { readFileSync } from "node:fs";

/**
 * @param options.root - a checkout with a built dist/, this one by default: two builds can be
 * measured side by side.
 * @param options.entry - file in dist/ that exports the functions.
 */
export async function start({
  root = new URL("../../", import.meta.url).href,
  entry = "index.js",
}) {
  const { matmul, Matrix, qr, svd, eigh, randomizedSvd } = await import(`${root}dist/${entry}`);
  const matrix = ({ rows, cols, data }) => new Matrix(rows, cols, data);
  /** A product into a matrix that is there already. */
  const product = (dtype, inputs) => {
    const [A, B] = [matrix(inputs.A), matrix(inputs.B)];
    const options = { out: Matrix.zeros(A.rows, B.cols, { dtype }) };
    return () => matmul(A, B, options).data;
  };
  const factorize = (call) => (work) => ({
    "typed arrays": () => ({ run: () => call(matrix(work.inputs.A), work) }),
  });
  return {
    get version() {
      return JSON.parse(readFileSync(new URL(`${root}package.json`), "utf8")).version;
    },
    operations: {
      matmul: ({ dtype, inputs }) => ({
        "typed arrays": () => ({
          run: () => matmul(matrix(inputs.A), matrix(inputs.B)).data,
        }),
        "typed arrays, out": () => ({ run: product(dtype, inputs) }),
      }),
      /** Two products of different shapes, side by side. */
      twoShapes: ({ dtype, inputs: { A, B, C, D } }) =>
        Object.fromEntries(
          Object.entries({ ragged: { A, B }, regular: { A: C, B: D } }).map(([form, inputs]) => [
            form,
            () => ({
              run: product(dtype, inputs),
              operations: 2 * inputs.A.rows * inputs.A.cols * inputs.B.cols,
              verifyAs: { operation: "matmul", inputs },
            }),
          ]),
        ),
      qr: factorize((A) => {
        const { Q, R } = qr(A);
        return { Q: Q.data, R: R.data };
      }),
      svd: factorize((A) => {
        const { U, S, V } = svd(A);
        return { U: U.data, S, V: V.data };
      }),
      eigh: factorize((A) => {
        const { values, vectors } = eigh(A);
        return { values, vectors: vectors.data };
      }),
      randomizedSvd: factorize((A, { parameters }) => {
        const { rank, oversampling, powerIterations } = parameters;
        const options = { rank, oversampling, powerIterations, seed: 0 };
        const { U, S, V } = randomizedSvd(A, options);
        return { U: U.data, S, V: V.data };
      }),
    },
  };
}
