import { Growing } from "./growing.js";

/** Numbers texts from 0, in the order in which they come. */
export class IdNumbers {
  /** Every text once. */
  readonly ids: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** The number, plus one, of ids that are small integers: 0 where there is none yet. */
  readonly #ofIntegers = new Growing(Int32Array);

  of(id: string): number {
    let number = this.#numbers.get(id);
    if (number === undefined) {
      number = this.ids.push(id) - 1;
      this.#numbers.set(id, number);
    }
    return number;
  }

  /** `of(String(id))` for a safe integer; one of those below `limit` becomes a text only once. */
  ofInteger(id: number, limit: number): number {
    if (!(id >= 0 && id < limit)) return this.of(String(id));
    if (id >= this.#ofIntegers.length) this.#ofIntegers.grow(id + 1);
    const known = this.#ofIntegers.data[id];
    if (known > 0) return known - 1;
    const number = this.of(String(id));
    this.#ofIntegers.data[id] = number + 1;
    return number;
  }
}
