// ml-matrix: plain JavaScript in f64, rows as arrays of their own.
import { EigenvalueDecomposition, Matrix, QrDecomposition, SVD } from "ml-matrix";
import { versionOf } from "../harness/installed.mjs";

export async function start() {
  const matrix = ({ rows, cols, data }) => Matrix.from1DArray(rows, cols, data);
  const out = (matrix) => Float64Array.from(matrix.to1DArray());
  const factorize =
    (call) =>
    ({ inputs }) => ({
      "typed arrays": () => ({ run: () => call(matrix(inputs.A)) }),
    });
  return {
    get version() {
      return versionOf("ml-matrix");
    },
    operations: {
      matmul({ dtype, inputs }) {
        if (dtype !== "f64") return {};
        return {
          "typed arrays": () => ({ run: () => out(matrix(inputs.A).mmul(matrix(inputs.B))) }),
          "its own matrices": () => {
            const A = matrix(inputs.A);
            const B = matrix(inputs.B);
            return { run: () => A.mmul(B), read: () => out(A.mmul(B)) };
          },
        };
      },
      qr: factorize((A) => {
        const { orthogonalMatrix, upperTriangularMatrix } = new QrDecomposition(A);
        return { Q: out(orthogonalMatrix), R: out(upperTriangularMatrix) };
      }),
      svd: factorize((A) => {
        const result = new SVD(A, { autoTranspose: true });
        return {
          U: out(result.leftSingularVectors),
          S: result.diagonal,
          V: out(result.rightSingularVectors),
        };
      }),
      eigh: factorize((A) => {
        const result = new EigenvalueDecomposition(A, { assumeSymmetric: true });
        return { values: result.realEigenvalues, vectors: out(result.eigenvectorMatrix) };
      }),
    },
  };
}
