// How tokenizer.json splits a normalized text into the pieces that its model sees.

import { bytesAsCharacters } from "./byte-level.js";
import { lazySet } from "./character-set.js";
import { type Fields, partsOf, readPart } from "./fields.js";
import { spaces } from "./normalizers.js";
import { compileExpression, compilePattern } from "./patterns.js";
import { behaviors, charactersIn, inverted, type Matcher, matchesOf, split } from "./splits.js";
import * as data from "./unicode-data.js";

/**
 * Splits a piece further.
 *
 * @param begins - whether the piece is the beginning of the whole text.
 */
export type PreTokenizer = (piece: string, begins: boolean) => string[];

const punctuation = lazySet(data.punctuation);
const numbers = lazySet(data.numbers);
const words = lazySet(data.words);

const readers: Record<string, (fields: Fields) => PreTokenizer> = {
  BertPreTokenizer: () => bert,
  ByteLevel: byteLevel,
  CharDelimiterSplit: (fields) => {
    const delimiter = fields.character("delimiter").codePointAt(0);
    const matches = charactersIn({ has: (point) => point === delimiter });
    return (piece) => split(piece, matches(piece), "Removed");
  },
  Digits: (fields) => {
    const behavior = fields.boolean("individual_digits") ? "Isolated" : "Contiguous";
    return (piece) => split(piece, charactersIn(numbers())(piece), behavior);
  },
  Metaspace: metaspace,
  Punctuation: (fields) => {
    const behavior = fields.word("behavior", behaviors, true);
    return (piece) => split(piece, charactersIn(punctuation())(piece), behavior);
  },
  Sequence: sequence,
  Split: (fields) => {
    const pattern = compilePattern(fields);
    const behavior = fields.word("behavior", behaviors);
    const matches: Matcher = fields.boolean("invert") ? inverted(pattern) : pattern;
    return (piece) => split(piece, matches(piece), behavior);
  },
  Whitespace: () => whitespace,
  WhitespaceSplit: () => (piece) => split(piece, charactersIn(spaces())(piece), "Removed"),
};

/** The pre-tokenizer that a part of tokenizer.json describes. @throws as `readPart`. */
export function preTokenizerOf(fields: Fields): PreTokenizer {
  return readPart(fields, readers);
}

/** Words between spaces, each punctuation mark alone. */
function bert(piece: string): string[] {
  return pieces(piece, (point) =>
    spaces().has(point) ? Kind.Gap : punctuation().has(point) ? Kind.Alone : Kind.Word,
  );
}

/** \w+|[^\w\s]+ */
function whitespace(piece: string): string[] {
  return pieces(piece, (point) =>
    words().has(point) ? Kind.Word : spaces().has(point) ? Kind.Gap : Kind.Other,
  );
}

enum Kind {
  Gap = 0,
  Word = 1,
  Other = 2,
  Alone = 3,
}

/** Runs of characters of one kind; those of `Alone` are never joined, gaps are left out. */
function pieces(text: string, kindOf: (point: number) => Kind): string[] {
  const result: string[] = [];
  let start = 0;
  let run = Kind.Gap;
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at) as number;
    const kind = kindOf(point);
    if (kind !== run || kind === Kind.Alone) {
      if (run !== Kind.Gap) result.push(text.slice(start, at));
      start = at;
      run = kind;
    }
    at += point > 0xffff ? 2 : 1;
  }
  if (run !== Kind.Gap) result.push(text.slice(start));
  return result;
}

const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
let gpt2Matches: Matcher | undefined;

function byteLevel(fields: Fields): PreTokenizer {
  const prefixed = fields.boolean("add_prefix_space");
  fields.boolean("trim_offsets");
  const splits = fields.boolean("use_regex", true);
  gpt2Matches ??= matchesOf(compileExpression(gpt2, fields));
  const matches = gpt2Matches;
  return (piece) => {
    const text = prefixed && !piece.startsWith(" ") ? ` ${piece}` : piece;
    const parts = splits ? split(text, matches(text), "Isolated") : [text];
    return parts.map(bytesAsCharacters);
  };
}

function metaspace(fields: Fields): PreTokenizer {
  const replacement = fields.character("replacement");
  const schemes = ["always", "never", "first"] as const;
  const scheme = fields.word("prepend_scheme", schemes, true);
  const splits = fields.boolean("split", true);
  // Fields of older files.
  const prefixed = fields.boolean("add_prefix_space", true);
  fields.value("str_rep");
  if (!prefixed && scheme !== "never") {
    throw fields.error(`is false, and prepend_scheme is ${scheme}`, "add_prefix_space");
  }
  const mark = replacement.codePointAt(0);
  const matches = charactersIn({ has: (point) => point === mark });
  return (piece, begins) => {
    let text = piece.replaceAll(" ", () => replacement);
    const prepends = scheme === "always" || (scheme === "first" && begins);
    if (prepends && !text.startsWith(replacement)) text = replacement + text;
    return splits ? split(text, matches(text), "MergedWithNext") : [text];
  };
}

function sequence(fields: Fields): PreTokenizer {
  const inTurn = partsOf(fields, "pretokenizers").map((part, i) => {
    if (i > 0 && part.value("prepend_scheme") === "first") {
      throw part.error("is first, which is supported in the first part only", "prepend_scheme");
    }
    return preTokenizerOf(part);
  });
  return (piece, begins) =>
    inTurn.reduce(
      (parts, preTokenize, i) => parts.flatMap((part) => preTokenize(part, begins && i === 0)),
      [piece],
    );
}

/** Whether a Metaspace among them asks where a piece begins. */
export function asksForBeginning(fields: Fields): boolean {
  const type = fields.value("type");
  if (type === "Sequence") return partsOf(fields, "pretokenizers").some(asksForBeginning);
  return type === "Metaspace" && fields.value("prepend_scheme") === "first";
}
