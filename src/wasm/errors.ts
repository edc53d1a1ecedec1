/** Bytes of a page, the unit in which memories grow. */
export const pageBytes = 65536;

const smaller = "a job holds at most 4 GiB: use f32, a smaller rank or smaller pieces";

/** Allocation failed. A job can hold at most 4 GiB; the host may run out sooner. */
export class OutOfMemoryError extends RangeError {
  override readonly name = "OutOfMemoryError";
  constructor(
    /** Bytes that the failed request asked for. */
    readonly requestedBytes: number,
    /** Bytes that the job held already; 0 where no job asked. */
    readonly heldBytes: number,
    /** What can be done about it. */
    remedy = smaller,
  ) {
    super(
      `out of memory: ${requestedBytes} bytes were asked for on top of ${heldBytes}; ${remedy}`,
    );
  }
}

/** The host has no address space for one more memory, however small. */
export function noAddressSpace(): OutOfMemoryError {
  const remedy =
    "an engine reserves several GiB of addresses, not of memory, for each WebAssembly memory: raise " +
    "the limit on virtual memory (ulimit -v, the container's or the batch system's)";
  return new OutOfMemoryError(pageBytes, 0, remedy);
}

/** This engine lacks what was asked for; the message says what to do about it. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
}
