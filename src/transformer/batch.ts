// Texts as an encoder takes them: all tokens in one row, each text at its true length. A batch pays
// for its tokens and nothing else.
import { describe, invalidValue } from "../check/describe.js";
import type { EncoderConfig } from "./config.js";

/** One text as token numbers, special tokens included. */
export interface TokenSequence {
  readonly ids: ArrayLike<number>;
  /** Segment of each token, for pairs of sentences. @defaultValue zeros */
  readonly types?: ArrayLike<number>;
}

/** Texts side by side. */
export interface Batch {
  /** First token of each text, and the number of tokens at the end. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly ids: Int32Array<ArrayBuffer>;
  readonly types: Int32Array<ArrayBuffer>;
  /** Rows of the position table. */
  readonly positions: Int32Array<ArrayBuffer>;
}

/**
 * Lays texts side by side.
 *
 * @throws RangeError when there is no text, a text is empty or too long, or a number is out of
 * range; the message names text and token.
 */
export function packBatch(config: EncoderConfig, texts: readonly TokenSequence[]): Batch {
  if (!Array.isArray(texts) || texts.length === 0) {
    const is = Array.isArray(texts) ? "empty" : describe(texts);
    throw new RangeError(`batch: it is ${is}: it must be an array of at least one text`);
  }
  const starts = new Int32Array(texts.length + 1);
  texts.forEach(({ ids, types }, i) => {
    const length = ids?.length;
    if (!(length >= 1 && length <= config.maxTokens)) {
      throw new RangeError(
        `batch: text ${i} has ${length} tokens: it must have 1 .. ${config.maxTokens}`,
      );
    }
    if (types && types.length !== length) {
      throw new RangeError(
        `batch: text ${i} has ${length} tokens and ${types.length} types: as many must be given`,
      );
    }
    starts[i + 1] = starts[i] + length;
  });
  const total = starts[texts.length];
  const [ids, types, positions] = [1, 2, 3].map(() => new Int32Array(total));
  texts.forEach((text, i) => {
    let position = config.firstPosition;
    for (let t = 0; t < text.ids.length; t++) {
      const at = starts[i] + t;
      ids[at] = checked(i, t, "token", text.ids[t], config.vocabularySize);
      types[at] = checked(i, t, "type", text.types?.[t] ?? 0, Math.max(1, config.tokenTypes));
      // A padding token within a text takes no position but padding's own: RoBERTa counts so.
      const pads = config.firstPosition > 0 && ids[at] === config.firstPosition - 1;
      positions[at] = pads ? config.firstPosition - 1 : position++;
    }
  });
  return { starts, ids, types, positions };
}

function checked(text: number, at: number, what: string, value: number, count: number): number {
  if (Number.isInteger(value) && value >= 0 && value < count) return value;
  throw invalidValue(
    "batch",
    `text ${text}, ${what} ${at}`,
    value,
    `an integer in 0 .. ${count - 1}`,
  );
}
