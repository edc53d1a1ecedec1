// The inputs of a bench, from a generator of its own, so that no contender makes its own data.

/** Uniform numbers in [0, 1): xorshift32, the same for the same seed. */
export function uniform(seed) {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** `length` independent normal numbers (Box and Muller 1958). */
export function normals(length, seed) {
  const next = uniform(seed);
  return Float64Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  );
}
