// What tokenizer.json does to a text before it is split, character for character as the original.

import { bytesAsCharacters } from "./byte-level.js";
import { type CharacterSet, lazySet, wordsOf } from "./character-set.js";
import { type Fields, partsOf, readPart } from "./fields.js";
import { compilePattern } from "./patterns.js";
import { precompiled } from "./precompiled.js";
import * as data from "./unicode-data.js";

export type Normalizer = (text: string) => string;

export const spaces = lazySet(data.spaces);
const cleaned = lazySet(data.cleaned);
const ideographs = lazySet(data.ideographs);
const accents = lazySet(data.accents);
const marks = lazySet(data.marks);
const nmtRemoved = lazySet(data.nmtRemoved);
const nmtSpaces = lazySet(data.nmtSpaces);
const unassigned = lazySet(data.unassigned);

const readers: Record<string, (fields: Fields) => Normalizer> = {
  BertNormalizer: bert,
  ByteLevel: () => bytesAsCharacters,
  Lowercase: () => lowerCase,
  NFC: () => (text) => normalForm(text, "NFC"),
  NFD: () => (text) => normalForm(text, "NFD"),
  NFKC: () => (text) => normalForm(text, "NFKC"),
  NFKD: () => (text) => normalForm(text, "NFKD"),
  Nmt: () => nmt,
  Precompiled: (fields) => precompiled(fields),
  Prepend: prepend,
  Replace: replace,
  Sequence: sequence,
  Strip: strip,
  StripAccents: () => (text) => without(text, marks()),
};

/**
 * The normalizer that a part of tokenizer.json describes.
 *
 * @throws FormatError for one that was not verified, or a field of it that does not fit.
 */
export function normalizerOf(fields: Fields): Normalizer {
  const normalizer = readPart(fields, readers);
  return (text) => bounded(normalizer(text), text, fields);
}

/** A few replacements in turn could fill any memory. */
function bounded(result: string, text: string, fields: Fields): string {
  if (result.length <= maxGrowth * (text.length + maxGrowth)) return result;
  throw fields.error(`makes a text more than ${maxGrowth} times as long`);
}

/** No normal form makes a character more than 18. */
const maxGrowth = 100;

function sequence(fields: Fields): Normalizer {
  const inTurn = partsOf(fields, "normalizers").map(normalizerOf);
  return (text) =>
    inTurn.reduce((result, normalize) => bounded(normalize(result), text, fields), text);
}

function bert(fields: Fields): Normalizer {
  const clean = fields.boolean("clean_text", true);
  const chinese = fields.boolean("handle_chinese_chars", true);
  const lower = fields.boolean("lowercase", true);
  const strip = fields.boolean("strip_accents", lower);
  return (text) => {
    if (plain.test(text)) return lower ? text.toLowerCase() : text;
    let result = clean || chinese ? spaced(text, clean, chinese) : text;
    if (strip) result = without(normalForm(result, "NFD"), accents());
    return lower ? lowerCase(result) : result;
  };
}

/** Text that only lower case changes. */
const plain = /^[ -~]*$/;

function spaced(text: string, clean: boolean, chinese: boolean): string {
  const removed = cleaned();
  const white = spaces();
  const apart = ideographs();
  let result = "";
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    if (clean && removed.has(point)) continue;
    if (clean && white.has(point)) result += " ";
    else if (chinese && apart.has(point)) result += ` ${character} `;
    else result += character;
  }
  return result;
}

function without(text: string, removed: CharacterSet): string {
  let result = "";
  for (const character of text) {
    if (!removed.has(character.codePointAt(0) as number)) result += character;
  }
  return result;
}

/** The runtime may know characters that the original does not: they divide the text for it. */
function normalForm(text: string, form: "NFC" | "NFD" | "NFKC" | "NFKD"): string {
  // Up to U+024F nothing but letters that are precomposed changes, and no mark comes in between.
  if (form === "NFC" && !/[\u0250-\uffff]/.test(text)) return text;
  const unknown = unassigned();
  let result = "";
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at) as number;
    const end = at + (point > 0xffff ? 2 : 1);
    if (point > 0x2ff && unknown.has(point)) {
      result += text.slice(start, at).normalize(form) + text.slice(at, end);
      start = end;
    }
    at = end;
  }
  return result + text.slice(start).normalize(form);
}

let lowered: Map<number, string> | undefined;

/** Each letter by itself: a sigma that ends a word stays a sigma, and İ becomes two characters. */
export function lowerCase(text: string): string {
  if (/^[^\u0080-\uffff]*$/.test(text)) return text.toLowerCase();
  lowered ??= lowerCases();
  let result = "";
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    result += point < 128 ? character.toLowerCase() : (lowered.get(point) ?? character);
  }
  return result;
}

function lowerCases(): Map<number, string> {
  const map = new Map([[0x130, "i\u0307"]]);
  const words = wordsOf(data.lowerCase).map((word) => Number.parseInt(word, 36));
  let first = 0;
  for (let i = 0; i < words.length; i += 4) {
    const [gap, count, step, way] = words.slice(i, i + 4);
    first += gap;
    for (let k = 0; k < count; k++) {
      map.set(first + k * step, String.fromCodePoint(first + k * step + way));
    }
  }
  return map;
}

/** Some controls vanish, others and separators become a space. */
function nmt(text: string): string {
  const white = nmtSpaces();
  let result = "";
  for (const character of without(text, nmtRemoved())) {
    result += white.has(character.codePointAt(0) as number) ? " " : character;
  }
  return result;
}

function prepend(fields: Fields): Normalizer {
  const prefix = fields.text("prepend");
  return (text) => (text === "" ? "" : prefix + text);
}

function replace(fields: Fields): Normalizer {
  const matches = compilePattern(fields);
  const content = fields.text("content");
  return (text) => {
    let result = "";
    for (const { start, end, matched } of matches(text)) {
      result += matched ? content : text.slice(start, end);
    }
    return result;
  };
}

function strip(fields: Fields): Normalizer {
  const left = fields.boolean("strip_left");
  const right = fields.boolean("strip_right");
  return (text) => {
    const white = spaces();
    let start = 0;
    let end = text.length;
    // White space is never written as a pair of surrogates.
    while (left && start < end && white.has(text.charCodeAt(start))) start++;
    while (right && end > start && white.has(text.charCodeAt(end - 1))) end--;
    return text.slice(start, end);
  };
}
