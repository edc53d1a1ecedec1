// One side of an online completion, its rows or its columns: factors that grow, each with the
// observations that it is fitted to and their least-squares statistics.
import { Growing } from "../../formats/growing.js";
import { solveDefinite } from "../../linalg/solve-definite.js";
import type { History } from "./history.js";

/** This many observations are always read again: fewer would not be worth the bookkeeping. */
const fewObservations = 64;
/** Statistics are made anew when this share of the observations came since they were. */
const staleShare = 1 / 16;

export class Side {
  readonly rank: number;
  readonly #history: History;
  /** Where the history has the numbers of this side, and of the other one. */
  readonly #own: "rows" | "cols";
  /** rank numbers each. */
  readonly #factors = new Growing(Float64Array);
  /** Newest observation of each, and the one before an observation; one more than their number. */
  readonly #newest = new Growing(Int32Array);
  readonly #before = new Growing(Int32Array);
  /** Observations; those not yet in the statistics; those in them since they were made anew. */
  readonly #count = new Growing(Int32Array);
  readonly #pending = new Growing(Int32Array);
  readonly #recent = new Growing(Int32Array);
  /** Sums of f f' (rank x rank) and of value f, f the other side's factor of an observation. */
  readonly #grams = new Growing(Float64Array);
  readonly #moments = new Growing(Float64Array);
  #squares = 0;

  constructor(history: History, own: "rows" | "cols", rank: number) {
    this.#history = history;
    this.#own = own;
    this.rank = rank;
  }

  get length(): number {
    return this.#count.length;
  }

  /** New members, without observations and with zeros for factors. */
  grow(length: number): void {
    if (length <= this.length) return;
    const { rank } = this;
    for (const one of [this.#newest, this.#count, this.#pending, this.#recent]) one.grow(length);
    this.#factors.grow(length * rank);
    this.#moments.grow(length * rank);
    this.#grams.grow(length * rank * rank);
  }

  /** The factor of one member: a view that an update moves. */
  factor(member: number): Float64Array {
    return this.#factors.data.subarray(member * this.rank, (member + 1) * this.rank);
  }

  setFactor(member: number, values: ArrayLike<number>): void {
    const factor = this.factor(member);
    this.#squares -= squares(factor);
    factor.set(values);
    this.#squares += squares(factor);
  }

  /** All factors, length x rank. */
  factors(): Float64Array<ArrayBuffer> {
    return this.#factors.data.slice(0, this.length * this.rank);
  }

  /** Mean square of the factors' entries; 0 without members. */
  get meanSquare(): number {
    return this.length === 0 ? 0 : Math.max(0, this.#squares) / (this.length * this.rank);
  }

  observations(member: number): number {
    return this.#count.data[member];
  }

  /** Takes observation `index` of the history, the newest one, to its member. */
  append(index: number): void {
    const member = this.#history[this.#own].data[index];
    this.#before.push(this.#newest.data[member]);
    this.#newest.data[member] = index + 1;
    this.#count.data[member]++;
    this.#pending.data[member]++;
  }

  /**
   * The factor of a member that fits its observations best, a ridge regression on the other side's
   * factors. New observations join the statistics of the old ones, which are made anew from all
   * when a sixteenth of them is new: a constant number of readings for each observation, however
   * many there are.
   *
   * @param anew - make the statistics anew in any case.
   */
  solve(member: number, other: Side, ridge: number, anew = false): void {
    const { rank } = this;
    const count = this.#count.data[member];
    const pending = this.#pending.data[member];
    const recent = this.#recent.data[member] + pending;
    const G = this.#grams.data.subarray(member * rank * rank, (member + 1) * rank * rank);
    const b = this.#moments.data.subarray(member * rank, (member + 1) * rank);
    const all = anew || count <= fewObservations || recent >= staleShare * count;
    if (all) {
      G.fill(0);
      b.fill(0);
    }
    this.#accumulate(member, other, all ? count : pending, G, b);
    this.#pending.data[member] = 0;
    this.#recent.data[member] = all ? 0 : recent;
    const ridged = G.slice();
    for (let c = 0; c < rank; c++) ridged[c * rank + c] += ridge;
    this.setFactor(member, solveDefinite(ridged, b));
  }

  /** Adds the newest observations to a member's statistics, the lower triangle of G. */
  #accumulate(member: number, other: Side, many: number, G: Float64Array, b: Float64Array): void {
    const { rank } = this;
    const across = this.#history[this.#own === "rows" ? "cols" : "rows"].data;
    const values = this.#history.values.data;
    const before = this.#before.data;
    const factors = other.#factors.data;
    let next = this.#newest.data[member];
    for (let left = many; left > 0; left--) {
      const index = next - 1;
      const f = across[index] * rank;
      for (let c = 0; c < rank; c++) {
        const factor = factors[f + c];
        b[c] += values[index] * factor;
        for (let e = 0; e <= c; e++) G[c * rank + e] += factor * factors[f + e];
      }
      next = before[index];
    }
  }
}

function squares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
