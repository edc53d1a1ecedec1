// One-sided Jacobi: rotations make the rows of a matrix orthogonal, pair by pair; their lengths are
// then the singular values. In f64. Each row is scaled by itself, so small singular values keep
// their relative accuracy where the rows are graded (Demmel and Veselic 1992).
import { dot, nrm2 } from "./level1";
import { rotate, swap } from "./rotation";
import { at } from "./simd";

const EPS: f64 = f64.EPSILON / 2;
/** Seen: 5 to 9 after pivoted QR. */
const MOST_SWEEPS: i32 = 60;
/** Below this the product of two lengths is too near underflow for a plain dot product. */
const SAFE: f64 = 1e-140;
/** Rows this short, or shorter, have lost digits to underflow: nothing makes them orthogonal. */
const FAINT: f64 = 1e-290;

/**
 * Rotates the rows of x (n, of length m) until all are orthogonal to rounding, except those no
 * longer than 1e-290, and orders them by descending length; the rows of y (n, of length n) undergo
 * the same. lengths (n) receives theirs. work: 2 m doubles. Returns 0, or 1 when the sweeps do not
 * converge.
 */
// @kernel
export function jacobi(
  n: i32, m: i32, x: usize, ldx: i32, y: usize, ldy: i32, lengths: usize, work: usize,
): i32 {
  for (let i = 0; i < n; i++) {
    store<f64>(at<f64>(lengths, i), nrm2<f64>(m, at<f64>(x, i * ldx)));
  }
  // Of fewer entries a rotation may round by more than eps sqrt(m): the pair would turn for ever.
  const tolerance = EPS * sqrt<f64>(<f64>max<i32>(m, 16));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let largest: f64 = 0;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const xp = at<f64>(x, p * ldx);
        const xq = at<f64>(x, q * ldx);
        const yp = at<f64>(y, p * ldy);
        const yq = at<f64>(y, q * ldy);
        const atP = at<f64>(lengths, p);
        const atQ = at<f64>(lengths, q);
        // The longer row first (de Rijk): then they end up sorted, and in fewer sweeps.
        if (load<f64>(atP) < load<f64>(atQ)) {
          swap(m, xp, xq);
          swap(n, yp, yq);
          swap(1, atP, atQ);
        }
        const long = load<f64>(atP);
        const short = load<f64>(atQ);
        if (short <= FAINT) continue;
        const cosine = angle(m, xp, long, xq, short, work);
        if (abs<f64>(cosine) <= tolerance) continue;
        largest = max<f64>(largest, abs<f64>(cosine));
        const ratio = short / long;
        const zeta = (ratio - 1 / ratio) / (2 * cosine);
        const size = abs<f64>(zeta);
        const t = copysign<f64>(
          size > 1e150 ? 0.5 / size : 1 / (size + sqrt<f64>(1 + zeta * zeta)), zeta,
        );
        const c = 1 / sqrt<f64>(1 + t * t);
        rotate(m, xp, xq, c, -c * t);
        rotate(n, yp, yq, c, -c * t);
        store<f64>(atP, nrm2<f64>(m, xp));
        store<f64>(atQ, nrm2<f64>(m, xq));
      }
    }
    if (largest == 0) return 0;
  }
  return 1;
}

/** x'y / (|x| |y|), also where the lengths are near underflow. */
function angle(m: i32, x: usize, lengthX: f64, y: usize, lengthY: f64, work: usize): f64 {
  if (lengthX * lengthY > SAFE) return dot<f64>(m, x, y) / lengthX / lengthY;
  const other = at<f64>(work, m);
  unit(m, x, lengthX, work);
  unit(m, y, lengthY, other);
  return dot<f64>(m, work, other);
}

function unit(m: i32, x: usize, length: f64, to: usize): void {
  for (let i = 0; i < m; i++) store<f64>(at<f64>(to, i), load<f64>(at<f64>(x, i)) / length);
}
