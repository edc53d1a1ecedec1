// Patterns of Split and Replace. Their regular expressions are Oniguruma's; those whose meaning is
// known and whose time is bounded are written anew for JavaScript, with the Unicode tables of the
// original in place of the runtime's. Others are refused.
import { quote } from "../../check/describe.js";
import { kindOf } from "../strict-json.js";
import { classNamed } from "./character-classes.js";
import { type CharacterSet, type CodePointRange, complementOf, unionOf } from "./character-set.js";
import type { Fields } from "./fields.js";
import { type Matcher, matchesOf } from "./splits.js";

/**
 * The matcher of a field `pattern`: `{"String": ...}` or `{"Regex": ...}`.
 *
 * @throws FormatError for what is neither, or an expression that cannot be taken over.
 */
export function compilePattern(fields: Fields): Matcher {
  const pattern = fields.object("pattern");
  const string = pattern.value("String");
  const regex = pattern.value("Regex");
  pattern.close();
  if (typeof string === "string" && string !== "" && regex === undefined) {
    return matchesOf(new RegExp(escaped(string), "gu"));
  }
  if (typeof regex === "string" && string === undefined) {
    return matchesOf(compileExpression(regex, pattern));
  }
  const shown = string === "" ? "an empty text" : kindOf(string ?? regex);
  throw pattern.error(`is ${shown}: it must be a text {"String": …} or {"Regex": …}`);
}

/** An expression of Oniguruma for JavaScript. @throws FormatError when that cannot be. */
export function compileExpression(regex: string, place: Fields): RegExp {
  try {
    return new RegExp(new Translation(regex).source(), "gu");
  } catch (error) {
    if (!(error instanceof Unsupported || error instanceof SyntaxError)) throw error;
    const reason = error instanceof Unsupported ? error.message : "it is not a regular expression";
    throw place.error(
      `is the regular expression ${quote(regex)}, which is not supported: ${reason}`,
    );
  }
}

class Unsupported extends Error {}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/gu, (character) =>
    character === "-" ? "\\x2d" : `\\${character}`,
  );
}

/**
 * A piece of an expression. Matching takes time that grows as a power of the text's length: with
 * each open repetition, and with the ways in which optional and alternative pieces can be combined.
 */
interface Term {
  source: string;
  /** Characters that it matches, when that is one number and there is one way to do it. */
  width: number | undefined;
  /** The fewest characters that it matches. */
  min: number;
  /** Repetitions without an end, one behind the other. */
  open: number;
  /** Ways to match it, apart from those. */
  ways: number;
}

const maxOpen = 2;
const maxWays = 64;

/** Letters that a single other character stands for when case does not matter. */
const folds: Record<string, string> = { k: "\u212a", s: "\u017f" };
/** Pairs of letters that a single character stands for when case does not matter. */
const ligatures = /^(ss|ff|fi|fl|st)$/i;

const wordBoundary = () => {
  const word = classSource(classNamed("w") as CharacterSet["ranges"]);
  return `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`;
};

class Translation {
  readonly #characters: string[];
  #at = 0;
  #groups = 0;

  constructor(regex: string) {
    this.#characters = [...regex];
  }

  source(): string {
    const { source, min } = this.#alternatives(false, true);
    if (this.#at < this.#characters.length) throw new Unsupported("a ) closes no group");
    if (min === 0) throw new Unsupported("it can match nothing");
    return source;
  }

  #peek(text: string): boolean {
    return text === this.#characters.slice(this.#at, this.#at + text.length).join("");
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  #next(): string {
    if (this.#at >= this.#characters.length) throw new Unsupported("it ends too early");
    return this.#characters[this.#at++];
  }

  #alternatives(folded: boolean, outermost = false): Term {
    const terms = [this.#sequence(folded)];
    while (this.#take("|")) terms.push(this.#sequence(folded));
    if (terms.length === 1) return terms[0];
    const ways = terms.map((term) => term.ways);
    return {
      source: terms.map((term) => term.source).join("|"),
      width: undefined,
      min: Math.min(...terms.map((term) => term.min)),
      open: Math.max(...terms.map((term) => term.open)),
      ways: outermost ? Math.max(...ways) : ways.reduce((a, b) => a + b),
    };
  }

  #sequence(folded: boolean): Term {
    const result: Term = { source: "", width: 0, min: 0, open: 0, ways: 1 };
    let before = "";
    while (this.#at < this.#characters.length && !this.#peek("|") && !this.#peek(")")) {
      const start = this.#at;
      const term = this.#repeated(this.#atom(folded));
      const literal = this.#characters.slice(start, this.#at).join("");
      if (folded && ligatures.test(before + literal)) {
        throw new Unsupported(`${before + literal} without regard to case`);
      }
      before = literal;
      result.source += term.source;
      result.width =
        result.width === undefined || term.width === undefined
          ? undefined
          : result.width + term.width;
      result.min += term.min;
      result.open += term.open;
      result.ways *= term.ways;
      if (result.open > maxOpen || result.ways > maxWays) {
        throw new Unsupported("its repetitions could take very long");
      }
    }
    return result;
  }

  #repeated(term: Term): Term {
    let [min, max] = [1, 1];
    let mark = "";
    if (this.#take("*")) [min, max, mark] = [0, Number.POSITIVE_INFINITY, "*"];
    else if (this.#take("+")) [min, max, mark] = [1, Number.POSITIVE_INFINITY, "+"];
    else if (this.#take("?")) [min, max, mark] = [0, 1, "?"];
    else if (this.#peek("{")) [min, max, mark] = this.#counts();
    else return term;
    if (max > 1 && !term.width) {
      throw new Unsupported("a repeated group of varying length, which can take for ever");
    }
    if (term.min === 0) throw new Unsupported("a repetition of what can match nothing");
    const lazy = this.#take("?");
    if (lazy && mark.endsWith("}")) throw new Unsupported("a lazy {}");
    const possessive = !lazy && this.#take("+");
    if (possessive && (term.width !== 1 || mark.endsWith("}"))) {
      throw new Unsupported("a possessive repetition of more than a character");
    }
    if (this.#peek("*") || this.#peek("+") || this.#peek("?") || this.#peek("{")) {
      throw new Unsupported("a repetition of a repetition");
    }
    const source = `${term.source}${mark}${lazy ? "?" : ""}`;
    const closed = max !== Number.POSITIVE_INFINITY;
    return {
      source: possessive ? `(?=(${source}))\\${++this.#groups}` : source,
      min: term.min * min,
      width: min === max && term.width !== undefined ? term.width * min : undefined,
      open: term.open + (closed || possessive ? 0 : 1),
      ways: possessive ? 1 : term.ways + (closed ? max - min : 0),
    };
  }

  #counts(): [number, number, string] {
    const rest = this.#characters.slice(this.#at, this.#at + 12).join("");
    const [mark, min, comma, max] = /^\{(\d{1,3})(,?)(\d{0,3})\}/.exec(rest) ?? [];
    if (mark === undefined) throw new Unsupported("a { that is not {n}, {n,} or {n,m}");
    this.#at += mark.length;
    const first = Number(min);
    const last = max !== "" ? Number(max) : comma === "" ? first : Number.POSITIVE_INFINITY;
    if (comma === "" && max !== "") throw new Unsupported("a { that is not {n}, {n,} or {n,m}");
    if (last < first || last === 0) throw new Unsupported("a {n,m} with m below n, or 0");
    return [first, last, mark];
  }

  #atom(folded: boolean): Term {
    const character = this.#next();
    switch (character) {
      case "(":
        return this.#group(folded);
      case "[":
        return single(classSource(this.#class(folded)));
      case ".":
        return single("[^\\n]");
      case "\\":
        return this.#escape(folded);
      case "^":
      case "$":
        throw new Unsupported(`the anchor ${character}`);
      case "*":
      case "+":
      case "?":
      case "{":
        throw new Unsupported(`nothing precedes ${character}`);
    }
    return single(folded ? classSource(this.#folded(character)) : escaped(character));
  }

  #group(folded: boolean): Term {
    const look = ["?=", "?!", "?<=", "?<!"].find((sign) => this.#take(sign));
    if (look) {
      const inner = this.#closed(folded);
      if (look.startsWith("?<") && inner.width === undefined) {
        throw new Unsupported("a look behind whose length varies");
      }
      return { ...inner, source: `(${look}${inner.source})`, width: undefined, min: 0 };
    }
    const inner = this.#take("?i:")
      ? this.#closed(true)
      : this.#take("?:") || !this.#peek("?")
        ? this.#closed(folded)
        : undefined;
    if (!inner) throw new Unsupported("a group (? of another kind");
    return { ...inner, source: `(?:${inner.source})` };
  }

  #closed(folded: boolean): Term {
    const inner = this.#alternatives(folded);
    if (!this.#take(")")) throw new Unsupported("a ( is not closed");
    return inner;
  }

  /** What follows a backslash outside a class. */
  #escape(folded: boolean): Term {
    if (this.#take("b")) {
      return { source: wordBoundary(), width: 0, min: 0, open: 0, ways: 1 };
    }
    const ranges = this.#escaped(folded, false);
    return single(classSource(ranges));
  }

  /** The characters that an escape stands for. */
  #escaped(folded: boolean, inClass: boolean): readonly CodePointRange[] {
    const character = this.#next();
    const control = controls[character];
    if (control !== undefined) return point(control);
    if (character === "p" || character === "P") {
      if (folded) throw new Unsupported("a property without regard to case");
      return this.#property(character === "P");
    }
    if (character === "u" || character === "x") return point(this.#code(character));
    if (/[sSdDwW]/.test(character)) {
      const name = inClass && /[wW]/.test(character) ? `[${character}]` : character;
      return classNamed(name) as readonly CodePointRange[];
    }
    if (/[\p{L}\p{N}]/u.test(character)) throw new Unsupported(`\\${character}`);
    return point(character.codePointAt(0) as number);
  }

  #property(negated: boolean): readonly CodePointRange[] {
    const rest = this.#characters.slice(this.#at, this.#at + 40).join("");
    const [all, caret, name] = /^\{(\^?)([A-Za-z_]+)\}/.exec(rest) ?? [];
    if (all === undefined) throw new Unsupported("a property without {}");
    this.#at += all.length;
    const ranges = classNamed(`p{${name}}`);
    if (!ranges) throw new Unsupported(`the property ${quote(name)}`);
    return negated !== (caret === "^") ? complementOf(ranges) : ranges;
  }

  #code(letter: "u" | "x"): number {
    const rest = this.#characters.slice(this.#at, this.#at + 10).join("");
    const form =
      letter === "u"
        ? /^([0-9A-Fa-f]{4})/
        : /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-7][0-9A-Fa-f])(?![0-9A-Fa-f]))/;
    const found = form.exec(rest);
    const code = Number.parseInt(found?.[1] ?? found?.[2] ?? "", 16);
    if (!found || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      throw new Unsupported(`\\${letter} without the number of a character`);
    }
    this.#at += found[0].length;
    return code;
  }

  /** The characters of a class, behind its [. */
  #class(folded: boolean): readonly CodePointRange[] {
    const negated = this.#take("^");
    if (this.#peek("]")) throw new Unsupported("a class that begins with ]");
    const ranges: CodePointRange[] = [];
    while (!this.#take("]")) {
      if (this.#peek("&&")) throw new Unsupported("an intersection of classes");
      if (this.#peek("[:")) throw new Unsupported("a class [:…:]");
      ranges.push(...this.#member(folded));
    }
    return negated ? complementOf(unionOf(ranges)) : unionOf(ranges);
  }

  #member(folded: boolean): readonly CodePointRange[] {
    const character = this.#next();
    if (character === "[") return this.#class(folded);
    const first =
      character === "\\"
        ? this.#escaped(folded, true)
        : folded
          ? this.#folded(character)
          : point(character.codePointAt(0) as number);
    if (!this.#peek("-") || this.#peek("-]")) return first;
    if (character === "-") return first;
    this.#take("-");
    const end = this.#next();
    if (end === "[") throw new Unsupported("a range that ends in a class");
    const last = end === "\\" ? this.#escaped(folded, true) : point(end.codePointAt(0) as number);
    const [from, to] = [first[0][0], last[0][0]];
    const lone = [...first, ...last].length === 2 && first[0][1] === from && last[0][1] === to;
    if (folded || !lone || to < from) throw new Unsupported("a range of a class");
    return [[from, to]];
  }

  /** A letter in both cases; other characters have none, or are refused. */
  #folded(character: string): readonly CodePointRange[] {
    if (character > "\x7f") throw new Unsupported(`${quote(character)} without regard to case`);
    const lower = character.toLowerCase();
    const all = new Set([lower, character.toUpperCase(), ...(folds[lower] ?? "")]);
    return unionOf([...all].flatMap((one) => point(one.charCodeAt(0))));
  }
}

const controls: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

function point(code: number): readonly CodePointRange[] {
  return [[code, code]];
}

function single(source: string): Term {
  return { source, width: 1, min: 1, open: 0, ways: 1 };
}

/** A class of JavaScript. */
function classSource(ranges: readonly CodePointRange[]): string {
  const members = ranges.map(([first, last]) => {
    const [from, to] = [`\\u{${first.toString(16)}}`, `\\u{${last.toString(16)}}`];
    return first === last ? from : `${from}-${to}`;
  });
  return `[${members.join("")}]`;
}
