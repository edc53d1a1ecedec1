/**
 * Whether this engine can run `lowrank/relaxed`: Node from 22 on, Deno, Bun, Chromium, Firefox and
 * Workers can; Node 20 and WebKit cannot. Asks the engine to validate 44 bytes; compiles nothing and
 * never throws.
 *
 * @example
 * ```ts
 * const entry = supportsRelaxedSimd() ? "lowrank/relaxed" : "lowrank";
 * ```
 */
export function supportsRelaxedSimd(): boolean {
  const zero = [0x41, 0x00, 0xfd, 0x0f]; // i8x16.splat of 0
  return isValid([...zero, ...zero, ...zero, 0xfd, 0x85, 0x02]); // f32x4.relaxed_madd
}

/** Whether this engine has 128-bit SIMD. Never throws. */
export function supportsSimd(): boolean {
  return isValid([0x41, 0x00, 0xfd, 0x0f]); // i8x16.splat of 0
}

/** Whether a module of one function, () -> v128, with this body is valid. */
function isValid(body: readonly number[]): boolean {
  if (typeof WebAssembly !== "object") return false;
  const code = [0x00, ...body, 0x0b]; // no locals, the body, end
  return WebAssembly.validate(
    Uint8Array.of(
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic and version
      ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // one type: () -> v128
      ...[0x03, 0x02, 0x01, 0x00], // one function of it
      ...[0x0a, code.length + 2, 0x01, code.length, ...code],
    ),
  );
}
