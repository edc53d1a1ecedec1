/** Bytes that are not whole, unchanged model file. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";
  constructor(
    /** What is, and what must be. */
    readonly reason: string,
  ) {
    super(`model file: ${reason}`);
  }
}
