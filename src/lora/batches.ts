// Which texts each step of a run takes.
import { randomPermutation } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";

/** Every epoch has an order of its own, and drops what fills no batch. */
export class Batches {
  /** The order of the texts in the epoch that was asked for last. */
  #order: { readonly epoch: number; readonly texts: Int32Array } | undefined;

  /** @param count - of the texts; a batch has at most as many. */
  constructor(
    readonly count: number,
    readonly batchSize: number,
    readonly seed: number,
  ) {}

  get #size(): number {
    return Math.min(this.batchSize, this.count);
  }

  get #perEpoch(): number {
    return Math.floor(this.count / this.#size);
  }

  /** How many first batches have `examples` texts together; at most those of an epoch. */
  covering(examples: number): number {
    return Math.min(Math.ceil(examples / this.#size), this.#perEpoch);
  }

  /** The numbers of the texts of a step. */
  at(step: number): number[] {
    const [size, perEpoch] = [this.#size, this.#perEpoch];
    const epoch = Math.floor(step / perEpoch);
    if (this.#order?.epoch !== epoch) {
      const { first, count: epochs } = streams.textOrder;
      const texts = randomPermutation(this.count, this.seed, first + (epoch % epochs));
      this.#order = { epoch, texts };
    }
    const start = (step % perEpoch) * size;
    return Array.from(this.#order.texts.subarray(start, start + size));
  }
}

/**
 * The part of each text, by its middle token: parts of equally many tokens, but for whole texts.
 */
export function evenParts(lengths: readonly number[], parts: number): number[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let before = 0;
  return lengths.map((length) => {
    const middle = before + length / 2;
    before += length;
    return Math.floor((parts * middle) / total);
  });
}
