/** The workers of the pool are gone: it was terminated, or one of them was stopped from outside. */
export class TerminatedError extends Error {
  override readonly name = "TerminatedError";
}
