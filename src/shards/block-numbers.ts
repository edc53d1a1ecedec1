// Numbers of blocks that meet in one exchange: what is asked for before its result is needed waits for the next
// one. Every exchange makes all shards wait for the slowest.
import { Exchange, type Sharded } from "./exchange.js";
import type { BlockNumber, RowBlocks } from "./row-blocks.js";

export class BlockNumbers {
  #waiting: Float64Array[] = [];

  /** A number of each block, complete after `join`. */
  of(blocks: RowBlocks, of: BlockNumber): Float64Array {
    const numbers = blocks.numbers(of);
    if (!blocks.isWhole) this.#waiting.push(numbers);
    return numbers;
  }

  /** What was asked for since the last time, one after the other. */
  get waiting(): Float64Array<ArrayBuffer> {
    return Float64Array.from(this.#waiting.flatMap((numbers) => Array.from(numbers)));
  }

  /** Puts in place what `waiting` has become by an exchange. */
  complete(all: Float64Array): void {
    let at = 0;
    for (const numbers of this.#waiting) {
      numbers.set(all.subarray(at, at + numbers.length));
      at += numbers.length;
    }
    this.#waiting = [];
  }

  /** Completes what was asked for since the last time, with what the other shards have. */
  *join(): Sharded<void> {
    const all = this.waiting;
    if (all.length === 0) return;
    yield new Exchange(all);
    this.complete(all);
  }
}
