import fc from "fast-check";
import { expect, test } from "vitest";
import { Frames, listOf, piecesOf } from "../../src/cluster/frame.js";
import { uniform } from "../helpers/random.js";

const frames = new Frames("0123456789abcdef");
const mebibyte = 2 ** 20;

/** The bodies of all messages. */
function sent(list: readonly Uint8Array[]): Uint8Array[] {
  const { count, piece } = piecesOf(frames, "result", list);
  return Array.from(
    { length: count },
    (_, round) => frames.decode(piece(round), "result", round, "a test").body,
  );
}

test("a list of bytes comes back from its messages", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (list) => {
      expect(listOf(sent(list))).toEqual(list.map((bytes) => Buffer.from(bytes)));
    }),
  );
});

test("long bytes are cut at 8 MiB, wherever their beginnings and ends are", () => {
  const next = uniform(1);
  // The second ends with a message; its end, and the length of the third, are on two sides of the cut.
  for (const sizes of [
    [8 * mebibyte - 4],
    [3, 8 * mebibyte - 11, 5],
    [20 * mebibyte, 0, mebibyte],
  ]) {
    const list = sizes.map((size) => Uint8Array.from({ length: size }, () => 256 * next()));
    const pieces = sent(list);
    expect(pieces.slice(0, -1).every(({ length }) => length === 8 * mebibyte)).toBe(true);
    const found = listOf(pieces);
    expect(found?.map(({ length }) => length)).toEqual(sizes);
    list.forEach((bytes, q) => {
      expect(Buffer.compare(bytes, found?.[q] as Uint8Array)).toBe(0);
    });
  }
});

test("messages that are cut off are no list", () => {
  const [body] = sent([Buffer.from("abcdef"), Buffer.from("gh")]);
  for (let length = 1; length < body.length; length++) {
    const found = listOf([body.subarray(0, length)]);
    // After the first one it is a list, a shorter one.
    if (length === 10) expect(found).toHaveLength(1);
    else expect(found).toBeUndefined();
  }
});
