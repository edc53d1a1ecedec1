// Values that programs stumble over, and the grammar that draws them.
import { Pairs, Raw } from "./json.mjs";

export const numbers = [
  ...[0, -0, 1, -1, 2, 0.5, -0.5, 1.5, 1e-300, 5e-324, 1e300, 1.7976931348623157e308],
  ...[255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53],
  ...[2 ** 63, 2 ** 64, -(2 ** 31), -(2 ** 53), 3.4028234663852886e38, 1e39, 1e150, 1e-150],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

export const texts = [
  ...["", " ", "\t", "a", "0", "1", "-1", "1e999", "NaN", "inf", "null", "undefined", "true"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "length", "__metadata__"],
  ...["\0", "\u0001", "\n", "\r", "\r\n", "a\nb", "\u0085", "\u2028", "\u2029", "\u001b[2J"],
  ...["\u001b]0;title\u0007", "\u202eabc", "\ufeff", "\ud800", "\udc00", "a\u0301", "é", "ß", "İ"],
  ...["映画", "👩‍👩‍👧", "🇩🇪", "\u200b", '"', "'", '""', "\\", "/", "..", "../x", "a/b", ",", ";"],
  ...["::", "|", "#", "%", "1,5", "1 000", "0x10", "1_000", "²", "٣", "-0", "+1", ".5", "5."],
  ...["[CLS]", "(a+)+$", "^.*$", "(", "[", "*", "a".repeat(300), "é".repeat(150)],
];

/** A value of any kind. */
export function nasty(random, depth = 0) {
  switch (random.below(depth > 2 ? 5 : 8)) {
    case 0:
    case 1:
      return random.pick(numbers);
    case 2:
    case 3:
      return random.pick(texts);
    case 4:
      return random.pick([null, true, false]);
    case 5:
      return random.list(0, 3, () => nasty(random, depth + 1));
    case 6: {
      const entries = random.list(0, 3, () => [random.pick(texts), nasty(random, depth + 1)]);
      return new Pairs(entries);
    }
    default:
      return random.chance(0.05) ? deep(random) : nasty(random, depth + 1);
  }
}

/** JSON that is deeply nested. */
function deep(random) {
  const depth = random.pick([100, 2000, 20_000]);
  const [open, close] = random.pick([
    ["[", "]"],
    ['{"a":', "}"],
  ]);
  return new Raw(open.repeat(depth) + (open === "[" ? "" : "1") + close.repeat(depth));
}
