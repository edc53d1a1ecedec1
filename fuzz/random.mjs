// The random numbers of a case: everything about a case follows from (seed, target, number).
import { uniform } from "../lab/random.mjs";

export class Random {
  #next;

  /** @param parts what the numbers follow from */
  constructor(...parts) {
    this.#next = uniform(hash(parts.join("/")));
  }

  /** A number in [0, 1). */
  next() {
    return this.#next();
  }

  /** An integer in 0 .. bound - 1. */
  below(bound) {
    return Math.floor(this.#next() * bound);
  }

  /** An integer in low .. high. */
  between(low, high) {
    return low + this.below(high - low + 1);
  }

  chance(share) {
    return this.#next() < share;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** A number in [-1, 1) that is short in decimal and exact in f16: what is read must equal it. */
  number() {
    return this.between(-64, 63) / 64;
  }

  /** The seed of other random numbers. */
  seed() {
    return this.below(2 ** 32);
  }

  list(low, high, make) {
    return Array.from({ length: this.between(low, high) }, (_, i) => make(i));
  }
}

/** FNV-1a, and a last mix so that neighbours differ in every bit. */
function hash(text) {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
  state = Math.imul(state ^ (state >>> 15), 0x735a2d97);
  return (state ^ (state >>> 15)) >>> 0;
}
