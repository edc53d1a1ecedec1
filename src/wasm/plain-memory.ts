// The memory of kernels in plain JavaScript, as the rest knows it from WebAssembly.
import { pageBytes } from "./errors.js";

export class PlainMemory {
  buffer: ArrayBuffer;
  readonly #listeners: (() => void)[] = [];

  constructor(pages: number) {
    this.buffer = new ArrayBuffer(pages * pageBytes);
  }

  /** Calls it now, and whenever `buffer` is another one. */
  whenMoved(listener: () => void): void {
    this.#listeners.push(listener);
    listener();
  }

  /** @throws RangeError when there is no room. */
  grow(pages: number): void {
    const former = new Uint8Array(this.buffer);
    const larger = new Uint8Array(former.length + pages * pageBytes);
    larger.set(former);
    this.buffer = larger.buffer;
    for (const listener of this.#listeners) listener();
  }
}
