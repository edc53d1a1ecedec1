// The classes of regular expressions, by the names that patterns have for them.
import {
  type CodePointRange,
  complementOf,
  lastPoint,
  rangesOf,
  unionOf,
  wordsOf,
} from "./character-set.js";
import * as data from "./unicode-data.js";

/** In the order of the letters of the table. */
const names =
  "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co".split(" ");
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXY!#%";

const scripts: Record<string, string> = {
  Arabic: data.scriptArabic,
  Cyrillic: data.scriptCyrillic,
  Devanagari: data.scriptDevanagari,
  Greek: data.scriptGreek,
  Han: data.scriptHan,
  Hangul: data.scriptHangul,
  Hebrew: data.scriptHebrew,
  Hiragana: data.scriptHiragana,
  Katakana: data.scriptKatakana,
  Latin: data.scriptLatin,
  Thai: data.scriptThai,
};

/** ²³¹¼½¾: letters of words for \\w, but not within brackets. */
const superscripts: readonly CodePointRange[] = [
  [0xb2, 0xb3],
  [0xb9, 0xb9],
  [0xbc, 0xbe],
];

const known = new Map<string, readonly CodePointRange[] | undefined>();
let categories: Map<string, CodePointRange[]> | undefined;

/**
 * The characters of a class: `s`, `S`, `d`, `D`, `w`, `W`, `[w]`, `[W]`, or `p{…}` with a general category, its
 * first letter or a script. Undefined for another name.
 */
export function classNamed(name: string): readonly CodePointRange[] | undefined {
  if (!known.has(name)) known.set(name, find(name));
  return known.get(name);
}

function find(name: string): readonly CodePointRange[] | undefined {
  switch (name) {
    case "[w]":
      return complementOf(unionOf([...complementOf(classNamed("w") ?? []), ...superscripts]));
    case "[W]":
      return complementOf(classNamed("[w]") ?? []);
    case "s":
      return rangesOf(data.regexSpaces);
    case "w":
      return rangesOf(data.regexWords);
    case "d":
      return ofCategories("Nd");
    case "S":
    case "W":
    case "D":
      return complementOf(find(name.toLowerCase()) as readonly CodePointRange[]);
  }
  const property = name.slice(2, -1);
  if (Object.hasOwn(scripts, property)) return rangesOf(scripts[property]);
  return /^(?:[LMNPSZ]|[A-Z][a-z])$/.test(property) ? ofCategories(property) : undefined;
}

/** Those of a category, or of all that begin with a letter. */
function ofCategories(prefix: string): readonly CodePointRange[] | undefined {
  categories ??= readCategories();
  const found = names.filter((name) => name.startsWith(prefix));
  if (found.length === 0) return undefined;
  return unionOf(found.flatMap((name) => categories?.get(name) ?? []));
}

function readCategories(): Map<string, CodePointRange[]> {
  const result = new Map<string, CodePointRange[]>(names.map((name) => [name, []]));
  let point = 0;
  for (const word of wordsOf(data.categories)) {
    const length = word.length > 1 ? Number.parseInt(word.slice(1), 36) : 1;
    result.get(names[letters.indexOf(word[0])])?.push([point, point + length - 1]);
    point += length;
  }
  if (point !== lastPoint + 1) throw new RangeError("the table of categories ends too early");
  return result;
}
