// Exchanges between threads that share memory: each writes its numbers to a place of its own, and all add
// the places up. A thread that waits sleeps; only workers may.
import { addOthers, type Exchange, type NumberRange } from "../shards/exchange.js";

/** Bytes of a thread's place: longer numbers go in pieces. */
const placeBytes = 2 ** 20;
/**
 * Numbers, or threads, up to which every thread adds all of them: it reads no more than the sums of others would be,
 * and waits once. Beyond, each thread adds a part.
 */
const few = { numbers: 2 ** 12, threads: 3 };
/** Looks at the count before a thread goes to sleep, some tenths of a millisecond: most waits are shorter. */
const looks = 20_000;

/** Words before the places: threads that have arrived, barriers passed, and whether one has failed. */
const [arrived, passed, failed] = [0, 1, 2];
const headBytes = 64;

/** A thread has given up because another one has failed. */
export class OtherThreadError extends Error {}

/** Memory for the exchanges for this number of threads. */
export function memoryOfSums(threads: number): SharedArrayBuffer {
  // Two places a thread, used in turn, so that none is written to before all have read it; and the sums.
  return new SharedArrayBuffer(headBytes + (2 * threads + 1) * placeBytes);
}

export class SharedSums {
  readonly #memory: SharedArrayBuffer;
  readonly #head: Int32Array;
  #turn = 0;

  constructor(
    memory: SharedArrayBuffer,
    readonly thread: number,
    readonly threads: number,
  ) {
    this.#memory = memory;
    this.#head = new Int32Array(memory, 0, headBytes / 4);
  }

  /** The numbers become their sums over all threads. @throws OtherThreadError */
  add(exchange: Exchange): void {
    const { numbers, own } = exchange;
    const step = placeBytes / numbers.BYTES_PER_ELEMENT;
    for (let at = 0; at < numbers.length; at += step) {
      this.#turn = 1 - this.#turn;
      const piece = numbers.subarray(at, at + step);
      if (own) this.#copyPiece(piece, { first: own.first - at, count: own.count });
      else this.#addPiece(exchange, piece, at);
    }
  }

  /** Says to the other threads that this one has failed. */
  fail(): void {
    Atomics.store(this.#head, failed, 1);
    Atomics.add(this.#head, passed, 1);
    Atomics.notify(this.#head, passed);
  }

  /** @param numbers - those of the exchange from `at` on. */
  #addPiece(exchange: Exchange, numbers: Int32Array | Float64Array, at: number): void {
    const { length } = numbers;
    const { threads, thread } = this;
    const places = Array.from({ length: threads }, (_, i) =>
      this.#place(numbers, this.#turn * threads + i),
    );
    places[thread].set(numbers);
    this.#wait();
    const [first, end] =
      length <= few.numbers || threads <= few.threads
        ? [0, length]
        : [thread, thread + 1].map((i) => Math.round((i * length) / threads));
    for (const [other, place] of places.entries()) {
      if (other !== thread) addOthers(exchange, place.subarray(first, end), at + first);
    }
    if (end - first === length) return;
    const sums = this.#place(numbers, 2 * threads);
    sums.set(numbers.subarray(first, end), first);
    this.#wait();
    numbers.set(sums);
  }

  /** Every thread writes what is its own to one place, and reads what is the others'. */
  #copyPiece(numbers: Int32Array | Float64Array, { first, count }: NumberRange): void {
    const [from, to] = [first, first + count].map((at) =>
      Math.min(Math.max(at, 0), numbers.length),
    );
    const place = this.#place(numbers, this.#turn * this.threads);
    place.set(numbers.subarray(from, to), from);
    this.#wait();
    numbers.set(place.subarray(0, from));
    numbers.set(place.subarray(to), to);
  }

  /** As many numbers of the same kind, at a place. */
  #place(like: Int32Array | Float64Array, place: number): Int32Array | Float64Array {
    const at = headBytes + place * placeBytes;
    return like instanceof Int32Array
      ? new Int32Array(this.#memory, at, like.length)
      : new Float64Array(this.#memory, at, like.length);
  }

  /** Returns when all threads have come here. */
  #wait(): void {
    const head = this.#head;
    const before = Atomics.load(head, passed);
    // In this order: who fails from now on passes a barrier, too.
    this.#checkOthers();
    if (Atomics.add(head, arrived, 1) === this.threads - 1) {
      Atomics.store(head, arrived, 0);
      Atomics.add(head, passed, 1);
      Atomics.notify(head, passed);
    } else {
      for (let look = 0; look < looks && Atomics.load(head, passed) === before; look++);
      while (Atomics.load(head, passed) === before) Atomics.wait(head, passed, before);
    }
    this.#checkOthers();
  }

  #checkOthers(): void {
    if (Atomics.load(this.#head, failed) === 1) throw new OtherThreadError("another thread failed");
  }
}
