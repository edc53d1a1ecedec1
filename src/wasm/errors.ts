/** There is no room for what was asked: WebAssembly ends at 4 GiB a job, the host may earlier. */
export class OutOfMemoryError extends RangeError {
  override readonly name = "OutOfMemoryError";
  constructor(
    /** Bytes that the failed request asked for. */
    readonly requestedBytes: number,
    /** Bytes that the job held already; 0 where no job asked. */
    readonly heldBytes: number,
  ) {
    super(
      `out of memory: ${requestedBytes} bytes were asked for on top of ${heldBytes}; ` +
        "a job holds at most 4 GiB: use f32, a smaller rank or smaller pieces",
    );
  }
}

/** This engine lacks what was asked for; the message says what to do about it. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
}
