import type { Side } from "./side.js";

/** Observations of others that are fitted again for each new one: see docs/evidence/beyond.md. */
const refreshed = 16;

/** Whose turn of a side it is to be fitted again: what some have learned reaches all in time. */
export class Turns {
  #next = 0;
  /** How many observations may be read. */
  #observations = 0;

  /** The members whose turn it is after `count` new observations. */
  take(side: Side, count: number): number[] {
    const members: number[] = [];
    this.#observations += refreshed * count;
    for (let left = side.length; left > 0; left--) {
      const needed = side.observations(this.#next);
      if (needed > this.#observations) break;
      this.#observations -= needed;
      members.push(this.#next);
      this.#next = (this.#next + 1) % side.length;
    }
    return members;
  }
}
