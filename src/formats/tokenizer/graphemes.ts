// Grapheme clusters as the original's Unicode tables make them, as far as clusters below 6 bytes of
// UTF-8 depend on them (rules GB3 to GB9c and GB11 of UAX 29; pairs of flags are always longer).
import { lazySet } from "./character-set.js";
import * as data from "./unicode-data.js";

const joins = lazySet(data.joins);
const controls = lazySet(data.controls);
const prepends = lazySet(data.prepends);
const pictures = lazySet(data.pictures);
const consonants = lazySet(data.consonants);
const linkers = lazySet(data.linkers);
const conjunctEnds = lazySet(data.conjunctEnds);
const zeroWidthJoiner = 0x200d;

enum Hangul {
  None = 0,
  L = 1,
  V = 2,
  T = 3,
  LV = 4,
  LVT = 5,
}

function hangul(point: number): Hangul {
  if (point < 0x1100) return Hangul.None;
  if (point <= 0x115f || (point >= 0xa960 && point <= 0xa97c)) return Hangul.L;
  if (point <= 0x11a7 || (point >= 0xd7b0 && point <= 0xd7c6)) return Hangul.V;
  if (point <= 0x11ff || (point >= 0xd7cb && point <= 0xd7fb)) return Hangul.T;
  if (point === 0x16d63 || (point >= 0x16d67 && point <= 0x16d6a)) return Hangul.V;
  if (point < 0xac00 || point > 0xd7a3) return Hangul.None;
  return (point - 0xac00) % 28 === 0 ? Hangul.LV : Hangul.LVT;
}

function hangulJoins(before: Hangul, after: Hangul): boolean {
  switch (before) {
    case Hangul.L:
      return after !== Hangul.None && after !== Hangul.T;
    case Hangul.V:
    case Hangul.LV:
      return after === Hangul.V || after === Hangul.T;
    case Hangul.T:
    case Hangul.LVT:
      return after === Hangul.T;
    default:
      return false;
  }
}

/** The clusters of a text, in order. */
export function graphemes(text: string): string[] {
  const clusters: string[] = [];
  let start = 0;
  let previous = -1;
  /** The cluster so far is a picture and marks, and whether they end in a joiner. */
  let picture = false;
  let consonant = false;
  let linked = false;
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at) as number;
    if (previous >= 0 && !joinsTo(point)) {
      clusters.push(text.slice(start, at));
      start = at;
      picture = consonant = linked = false;
    }
    if (joins().has(point)) {
      if (linkers().has(point)) linked = true;
      else if (conjunctEnds().has(point)) consonant = false;
    } else {
      picture = pictures().has(point);
      consonant = consonants().has(point);
      linked = false;
    }
    previous = point;
    at += point > 0xffff ? 2 : 1;
  }
  if (start < text.length) clusters.push(text.slice(start));
  return clusters;

  function joinsTo(point: number): boolean {
    if (previous === 0x0d && point === 0x0a) return true;
    if (controls().has(previous) || controls().has(point)) return false;
    if (joins().has(point) || prepends().has(previous)) return true;
    if (picture && previous === zeroWidthJoiner && pictures().has(point)) return true;
    if (consonant && linked && consonants().has(point)) return true;
    return hangulJoins(hangul(previous), hangul(point));
  }
}
