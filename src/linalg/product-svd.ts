import { matmul } from "./matmul.js";
import type { Matrix } from "./matrix.js";
import { qr } from "./qr.js";
import { type SVD, svd } from "./svd.js";

/**
 * The SVD of B A, for B (m x k) and A (k x n), without the product: by the QR of both sides,
 * O((m + n) k² + k³). There are min(m, k, n) triplets.
 */
export function productSvd(B: Matrix, A: Matrix): SVD {
  const [tall, wide] = [qr(B), qr(A.transpose())];
  const { U, S, V } = svd(matmul(tall.R, wide.R, { transposeB: true }));
  return { U: matmul(tall.Q, U), S, V: matmul(wide.Q, V) };
}
