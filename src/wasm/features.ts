/**
 * Whether this engine can run `lowrank/relaxed`: Node from 22 on, Deno, Bun, Chromium, Firefox and
 * Workers can; Node 20 and WebKit cannot. Asks the engine to validate 44 bytes; compiles nothing.
 *
 * @example
 * ```ts
 * const entry = supportsRelaxedSimd() ? "lowrank/relaxed" : "lowrank";
 * ```
 */
export function supportsRelaxedSimd(): boolean {
  // A module of one function: f32x4.relaxed_madd of three zeros.
  const relaxedMultiplyAdd = Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic and version
    ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // one type: () -> v128
    ...[0x03, 0x02, 0x01, 0x00], // one function of it
    ...[0x0a, 0x13, 0x01, 0x11, 0x00], // its body
    ...[0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f], // splats of 0
    ...[0xfd, 0x85, 0x02, 0x0b], // relaxed_madd, end
  );
  return WebAssembly.validate(relaxedMultiplyAdd);
}
