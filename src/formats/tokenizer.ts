// Text to token ids as tokenizer.json says: the ids of Hugging Face's tokenizers for every part that
// is accepted (test/fixtures/tokenizer_parts.py), and a refusal by name for every other one.

import { parseJsonObject } from "./strict-json.js";
import { AddedTokens } from "./tokenizer/added-tokens.js";
import { Fields, optionalFields } from "./tokenizer/fields.js";
import { modelOf } from "./tokenizer/models.js";
import { normalizerOf } from "./tokenizer/normalizers.js";
import { asksForBeginning, type PreTokenizer, preTokenizerOf } from "./tokenizer/pre-tokenizers.js";
import { bareTemplate, type Template, templateOf } from "./tokenizer/template.js";
import type { TokenModel } from "./tokenizer/token-model.js";

/** A text, or a pair of texts, as an encoder takes it. */
interface TokenizedText {
  /** Special tokens included. */
  ids: Int32Array;
  /** The segment of each token: 0, or 1 in the second text of a pair where the model knows that. */
  typeIds: Int32Array;
}

/** Splits texts as the tokenizer.json of a model folder says. */
export class TextTokenizer {
  /** One more than the largest id that it gives. */
  readonly vocabularySize: number;
  /** One more than the largest segment that it gives. */
  readonly segments: number;
  readonly #added: AddedTokens;
  readonly #preTokenize: PreTokenizer;
  readonly #model: TokenModel;
  readonly #template: Template;
  /** Whether a text that is too long loses its beginning. */
  readonly #cutsLeft: boolean;

  /**
   * @param json - the file tokenizer.json.
   * @param source - its name, for messages.
   * @throws FormatError when it is not JSON, or a part or a field of it is not one that is known to
   *   give the ids of the original.
   */
  constructor(json: Uint8Array, source = "tokenizer.json") {
    const root = new Fields(parseJsonObject(json, source), "", source);
    root.word("version", ["1.0"], true);
    root.value("decoder");
    this.#model = modelOf(root.object("model"));
    const normalizer = optionalFields(root, "normalizer");
    const normalize = normalizer ? normalizerOf(normalizer) : (text: string) => text;
    this.#added = new AddedTokens(root, this.#model, normalize);
    const preTokenizer = optionalFields(root, "pre_tokenizer");
    this.#preTokenize = preTokenizer ? preTokenizerOf(preTokenizer) : (piece) => [piece];
    // The original asks where a piece began before it was normalized.
    if (normalizer && preTokenizer && asksForBeginning(preTokenizer)) {
      throw preTokenizer.error(
        "has prepend_scheme first, which is supported without a normalizer only",
      );
    }
    const postProcessor = optionalFields(root, "post_processor");
    const idOf = (token: string) => this.#added.idOf(token) ?? this.#model.idOf(token);
    this.#template = postProcessor ? templateOf(postProcessor, idOf) : bareTemplate;
    this.#cutsLeft = cutsLeft(root);
    checkPadding(root);
    root.close();
    const parts = [...this.#template.single, ...this.#template.pair];
    const largest = parts
      .flatMap((part) => ("ids" in part ? part.ids : []))
      .reduce((a, b) => Math.max(a, b), Math.max(this.#model.largestId, this.#added.largestId));
    this.vocabularySize = 1 + largest;
    this.segments = 1 + parts.reduce((most, { type }) => Math.max(most, type), 0);
  }

  /**
   * The ids of a text, or of a pair of texts, with the special tokens of the model around them.
   * What is longer than `maxTokens` is cut: of a pair, the longer text first.
   *
   * Halves of surrogate pairs become U+FFFD, as they do in UTF-8.
   *
   * @throws RangeError when `maxTokens` does not even hold the special tokens.
   */
  encode(text: string, pair: string | undefined, maxTokens: number): TokenizedText {
    const texts = pair === undefined ? [this.#split(text)] : [this.#split(text), this.#split(pair)];
    const template = pair === undefined ? this.#template.single : this.#template.pair;
    const special = template.reduce((sum, part) => sum + ("ids" in part ? part.ids.length : 0), 0);
    if (maxTokens < special) {
      throw new RangeError(
        `encode: maxTokens is ${maxTokens}: it must be at least ${special}, ` +
          "the number of special tokens",
      );
    }
    const lengths = lengthsWithin(maxTokens - special, texts[0].length, texts[1]?.length ?? 0);
    const kept = texts.map((ids, i) =>
      this.#cutsLeft ? ids.slice(ids.length - lengths[i]) : ids.slice(0, lengths[i]),
    );
    const ids: number[] = [];
    const types: number[] = [];
    for (const part of template) {
      for (const id of "ids" in part ? part.ids : kept[part.text]) {
        ids.push(id);
        types.push(part.type);
      }
    }
    return { ids: Int32Array.from(ids), typeIds: Int32Array.from(types) };
  }

  #split(text: string): number[] {
    const ids: number[] = [];
    this.#added.segments(text.replace(loneSurrogates, "\ufffd"), (segment, begins) => {
      if (typeof segment === "number") ids.push(segment);
      else for (const piece of this.#preTokenize(segment, begins)) this.#model.encode(piece, ids);
    });
    return ids;
  }
}

const loneSurrogates = /[\ud800-\udfff]/gu;

/** Which end of a long text is cut; its length is the caller's. */
function cutsLeft(root: Fields): boolean {
  const truncation = optionalFields(root, "truncation");
  if (!truncation) return false;
  const direction = truncation.word("direction", ["Right", "Left"], true);
  truncation.integer("max_length", Number.MAX_SAFE_INTEGER);
  truncation.integer("stride", Number.MAX_SAFE_INTEGER);
  truncation.word("strategy", ["LongestFirst"]);
  truncation.close();
  return direction === "Left";
}

/** Texts are packed, not padded; padding on the left would move the positions of the tokens. */
function checkPadding(root: Fields): void {
  const padding = optionalFields(root, "padding");
  if (!padding) return;
  padding.word("direction", ["Right"]);
  for (const name of ["strategy", "pad_to_multiple_of", "pad_id", "pad_type_id", "pad_token"]) {
    padding.value(name);
  }
  padding.close();
}

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
