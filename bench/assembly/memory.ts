// Ceiling of the optimizers: the traffic of a step with the least arithmetic. Gathers: gather.ts.

/**
 * Reads `reads` arrays of `bytes` bytes that lie behind one another and writes their sum into the
 * first `writes` of them: the traffic of an optimizer step. The counts are constants.
 */
// @ts-ignore: decorator
@inline
export function stream(reads: i32, writes: i32, bytes: i32, data: usize): void {
  const size = <usize>bytes;
  for (let p = data; p < data + size; p += 16) {
    let sum = i32x4.add(v128.load(p), v128.load(p + size));
    if (reads > 2) sum = i32x4.add(sum, v128.load(p + size * 2));
    if (reads > 3) sum = i32x4.add(sum, v128.load(p + size * 3));
    v128.store(p, sum);
    if (writes > 1) v128.store(p + size, sum);
    if (writes > 2) v128.store(p + size * 2, sum);
  }
}
