// Random inputs from a seed, by a generator that shares no code with the package's own.

/** Uniform numbers in [0, 1): a counter through a mixing function (SplitMix32). */
export function uniform(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/**
 * The states of a linear congruential generator (Knuth's): integers in 0 .. 2^32 - 1 that are easy
 * to repeat in other languages. Only the high bits are random.
 */
export function congruence(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
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

/** 0 .. n - 1 in the random order that `next`, of `uniform`, gives (Fisher and Yates). */
export function shuffled(n, next) {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const other = Math.floor(next() * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}
