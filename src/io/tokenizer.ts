// Text to token ids, by Hugging Face's own library in JavaScript: the only place that knows it.
import { Tokenizer } from "@huggingface/tokenizers";
import { FormatError } from "./errors.js";
import { kindOf, parseJsonObject } from "./strict-json.js";
import { asOriginal } from "./tokenizer-corrections.js";

/** A text, or a pair of texts, as an encoder takes it. */
export interface TokenizedText {
  /** Special tokens included. */
  ids: Int32Array;
  /** The segment of each token: 0, or 1 in the second text of a pair where the model knows that. */
  typeIds: Int32Array;
}

/** Splits texts as the tokenizer.json of a model folder says. */
export class TextTokenizer {
  /** One more than the largest id that it gives. */
  readonly vocabularySize: number;
  readonly #tokenizer: Tokenizer;
  readonly #correct: (text: string) => string;
  readonly #unknownId: number | undefined;
  /** RoBERTa's pairs are one segment, whatever the library says. */
  readonly #segments: boolean;

  /**
   * @param json - the file tokenizer.json.
   * @param source - its name, for messages.
   * @throws FormatError when it is no JSON, or of a kind that the library does not know.
   */
  constructor(json: Uint8Array, source = "tokenizer.json") {
    const description = parseJsonObject(json, source);
    const { model } = description;
    if (typeof model !== "object" || model === null) {
      throw new FormatError(
        source,
        `model is ${kindOf(model)}: it must be the description of a tokenizer`,
      );
    }
    try {
      this.#tokenizer = new Tokenizer({ ...defaults, ...description }, {});
      this.#tokenizer.encode("a");
    } catch (error) {
      throw new FormatError(
        source,
        `a tokenizer of a kind that is not supported (${(error as Error).message}): ` +
          "WordPiece, BPE and Unigram are",
      );
    }
    this.#correct = asOriginal(description.normalizer);
    this.#unknownId = this.#tokenizer.model?.unk_token_id;
    const { type } = Object(description.post_processor) as { type?: unknown };
    this.#segments = type !== "RobertaProcessing";
    this.vocabularySize = this.#tokenizer.model?.vocab.length ?? 0;
  }

  /**
   * The ids of a text, or of a pair of texts, with the special tokens of the model around them.
   * What is longer than `maxTokens` is cut: of a pair, the longer text first.
   *
   * @throws RangeError when `maxTokens` does not even hold the special tokens.
   */
  encode(text: string, pair: string | undefined, maxTokens: number): TokenizedText {
    const first = this.#split(text);
    const second = pair === undefined ? null : this.#split(pair);
    const room = maxTokens - this.#around([], second && []).ids.length;
    if (room < 0) {
      throw new RangeError(
        `encode: maxTokens is ${maxTokens}: it must be at least ${maxTokens - room}, ` +
          "the number of special tokens",
      );
    }
    const [kept, keptOfPair] = lengthsWithin(room, first.length, second?.length ?? 0);
    return this.#around(first.slice(0, kept), second === null ? null : second.slice(0, keptOfPair));
  }

  #split(text: string): string[] {
    return this.#tokenizer.tokenize(this.#correct(text), { add_special_tokens: false });
  }

  /** Ids with the special tokens that the template puts around the texts. */
  #around(first: string[], second: string[] | null): TokenizedText {
    const { tokens, token_type_ids: types } = this.#tokenizer.post_processor?.(
      first,
      second,
      true,
    ) ?? { tokens: [...first, ...(second ?? [])] };
    const ids = Int32Array.from(
      tokens,
      (token) => this.#tokenizer.token_to_id(token) ?? this.#unknownId ?? 0,
    );
    return { ids, typeIds: Int32Array.from(ids, (_, i) => (this.#segments && types?.[i]) || 0) };
  }
}

/** Parts that a tokenizer.json may leave out, and the library asks for. */
const defaults = {
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
};

/** How much of two texts is kept in `room` tokens: the shorter one whole, if half is enough for it. */
function lengthsWithin(room: number, first: number, second: number): [number, number] {
  if (first + second <= room) return [first, second];
  const [shorter, longer] = first > second ? [second, first] : [first, second];
  let keptShort = Math.min(shorter, room);
  let keptLong = Math.min(longer, Math.max(keptShort, room - keptShort));
  if (keptShort + keptLong > room) {
    keptShort = Math.floor(room / 2);
    keptLong = room - keptShort;
  }
  return first > second ? [keptLong, keptShort] : [keptShort, keptLong];
}
