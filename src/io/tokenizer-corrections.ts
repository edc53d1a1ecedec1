// Where @huggingface/tokenizers 0.2.0 departs from the original (tokenizers 0.23, in Rust), the text
// is rewritten before it gets it, so that the ids come out equal. Found by giving every code point
// to both: test/fixtures/tokenizer.py.

/**
 * What to do with a text before the library splits it.
 *
 * @param normalizer - the normalizer of a tokenizer.json, or a sequence of them.
 */
export function asOriginal(normalizer: unknown): (text: string) => string {
  const bert = parts(normalizer).find(({ type }) => type === "BertNormalizer");
  if (!bert) return (text) => text;
  return (text) => {
    // Ideographs beyond the first 65,536 characters are words of their own, as the others are.
    let corrected = bert.handle_chinese_chars ? text.replace(farIdeographs, " $& ") : text;
    // The original lowers each letter by itself; JavaScript makes the sigma that ends a word a final
    // one.
    if (bert.lowercase) corrected = corrected.replaceAll("Σ", "σ");
    return corrected;
  };
}

/** The blocks that BERT names; its end of the third, 2B920 for 2B820, is kept. */
const farIdeographs =
  /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

function parts(normalizer: unknown): Record<string, unknown>[] {
  if (typeof normalizer !== "object" || normalizer === null) return [];
  const { normalizers } = normalizer as { normalizers?: unknown };
  return Array.isArray(normalizers)
    ? normalizers.flatMap(parts)
    : [normalizer as Record<string, unknown>];
}
