// Python's regular expressions without backtracking: an automaton whose states are followed all at
// once, so that a match costs states x characters whatever the pattern. Files bring patterns, and
// one such as (a+)+ would take an engine that backtracks for ever.

/** A state waits for a character, or is passed at once to all of `next`. */
interface State {
  readonly id: number;
  /** What it waits for: a character, or a place in the text (0: its start, 1: its end). */
  readonly takes?: (char: string) => boolean;
  readonly at?: 0 | 1;
  next: State[];
}

/** Builds the states of a part in front of those that follow it. */
type Part = (after: State) => State;

type MakeState = (fields: Omit<State, "id" | "next">, ...next: State[]) => State;

/** Whether the whole of a text matches. */
export type Matcher = (text: string) => boolean;

/** States that may still be made: of one pattern or of all that a file brings. */
export interface Budget {
  states: number;
}

/**
 * A matcher of whole texts, with the meaning that Python's `re.fullmatch` gives the pattern.
 *
 * @param budget - is used up: `(a{1000}){1000}` asks for a million states.
 * @throws RangeError that says what of it is not understood: look-around, back references, flags,
 *   possessive repeats, word borders, or what is not a regular expression.
 */
export function compilePattern(pattern: string, budget: Budget = { states: 2000 }): Matcher {
  let count = 0;
  const state: MakeState = (fields, ...next) => {
    if (budget.states-- <= 0) throw new RangeError("it is too long");
    return { ...fields, id: count++, next };
  };
  const reader = new Reader(pattern, state);
  const part = reader.alternatives();
  if (!reader.done) throw new RangeError("it has a ) without (");
  const end = state({});
  const start = part(end);
  return (text) => follow(start, end, new Int32Array(count).fill(-1), text);
}

/** @param seen - for each state, the last place in the text at which it was reached. */
function follow(start: State, end: State, seen: Int32Array, text: string): boolean {
  let entered = [start];
  for (let i = 0; i <= text.length; i++) {
    const open = entered;
    entered = [];
    for (let one = open.pop(); one; one = open.pop()) {
      if (seen[one.id] === i) continue;
      seen[one.id] = i;
      if (one.takes) {
        if (i < text.length && one.takes(text[i])) entered.push(...one.next);
      } else if (one.at === undefined || i === (one.at === 0 ? 0 : text.length)) {
        open.push(...one.next);
      }
    }
  }
  return seen[end.id] === text.length;
}

const inSets = { d: /[0-9]/, w: /[A-Za-z0-9_]/, s: /[ \t\n\r\f\v]/ } as const;
const controls: Record<string, string> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v" };

/** Reads a pattern from left to right. */
class Reader {
  #at = 0;
  #depth = 0;
  readonly #text: string;
  readonly #state: MakeState;

  constructor(text: string, state: MakeState) {
    this.#text = text;
    this.#state = state;
  }

  get done(): boolean {
    return this.#at === this.#text.length;
  }

  #skips(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  alternatives(): Part {
    if (++this.#depth > 100) throw new RangeError("its groups are nested too deeply");
    const ways = [this.#sequence()];
    while (this.#skips("|")) ways.push(this.#sequence());
    this.#depth--;
    if (ways.length === 1) return ways[0];
    return (after) => this.#state({}, ...ways.map((way) => way(after)));
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (!this.done && !"|)".includes(this.#text[this.#at])) parts.push(this.#repeated());
    return (after) => parts.reduceRight((next, part) => part(next), after);
  }

  #repeated(): Part {
    const anchored =
      "^$".includes(this.#text[this.#at]) ||
      /^\\[AZ]/.test(this.#text.slice(this.#at, this.#at + 2));
    const part = this.#one();
    const bounds = this.#bounds();
    if (!bounds) return part;
    if (anchored) throw new RangeError("it repeats a place");
    this.#skips("?"); // Lazy or not, the same texts match.
    if (/[*+?{]/.test(this.#text[this.#at] ?? "")) throw new RangeError("it repeats a repeat");
    const [min, max] = bounds;
    return (after) => {
      let start = after;
      if (max === Infinity) {
        start = this.#state({}, after);
        start.next.unshift(part(start));
      } else {
        for (let i = min; i < max; i++) start = this.#state({}, part(start), after);
      }
      // A state for each time, so that repeats of nothing are counted too.
      for (let i = 0; i < min; i++) start = this.#state({}, part(start));
      return start;
    };
  }

  /** The quantifier at this place. */
  #bounds(): [number, number] | undefined {
    if (this.#skips("*")) return [0, Infinity];
    if (this.#skips("+")) return [1, Infinity];
    if (this.#skips("?")) return [0, 1];
    if (this.#text[this.#at] !== "{") return undefined;
    const [whole, low, comma, high] =
      /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(this.#text.slice(this.#at, this.#at + 12)) ?? [];
    if (whole === undefined) throw new RangeError("it has a { that does not repeat");
    this.#at += whole.length;
    const min = Number(low);
    const max = high !== undefined ? Number(high) : comma ? Infinity : min;
    if (max < min) throw new RangeError(`${whole} repeats from more to less`);
    return [min, max];
  }

  #one(): Part {
    const char = this.#text[this.#at++];
    switch (char) {
      case "(":
        return this.#group();
      case "[":
        return this.#taking(this.#set());
      case "\\":
        return this.#escaped();
      case ".":
        return this.#taking((c) => c !== "\n");
      case "^":
        return this.#place(0);
      case "$":
        return this.#place(1);
    }
    if ("*+?{".includes(char)) throw new RangeError(`${char} repeats nothing`);
    return this.#taking((c) => c === char);
  }

  #taking(takes: (char: string) => boolean): Part {
    return (after) => this.#state({ takes }, after);
  }

  #place(at: 0 | 1): Part {
    return (after) => this.#state({ at }, after);
  }

  #group(): Part {
    if (this.#skips("?") && !this.#skips(":") && !this.#named()) {
      throw new RangeError("it has a group of another kind than ( ), (?: ) and (?P<name> )");
    }
    const part = this.alternatives();
    if (!this.#skips(")")) throw new RangeError("it has a ( without )");
    return part;
  }

  #named(): boolean {
    const [whole] = /^P<[A-Za-z_]\w{0,40}>/.exec(this.#text.slice(this.#at, this.#at + 44)) ?? [];
    this.#at += whole?.length ?? 0;
    return whole !== undefined;
  }

  #escaped(): Part {
    if (this.#skips("A")) return this.#place(0);
    if (this.#skips("Z")) return this.#place(1);
    return this.#taking(this.#escape());
  }

  /** What a backslash begins, as a test of one character. */
  #escape(): (char: string) => boolean {
    const char = this.#text[this.#at++];
    if (char === undefined) throw new RangeError("it ends with \\");
    const kind = inSets[char.toLowerCase() as keyof typeof inSets];
    if (kind) return (c) => kind.test(c) === (char === char.toLowerCase());
    const meant = controls[char] ?? char;
    if (/[A-Za-z0-9]/.test(meant)) throw new RangeError(`\\${char} is not understood`);
    return (c) => c === meant;
  }

  /** [...]: single characters, ranges and kinds. */
  #set(): (char: string) => boolean {
    const not = this.#skips("^");
    const tests: ((char: string) => boolean)[] = [];
    do {
      const from = this.#text[this.#at++];
      if (from === undefined) throw new RangeError("it has a [ without ]");
      if (from === "\\") {
        tests.push(this.#escape());
        if (this.#text[this.#at] === "-" && this.#text[this.#at + 1] !== "]") {
          throw new RangeError("it has a range from an escape");
        }
        continue;
      }
      const to = this.#text[this.#at + 1];
      if (this.#text[this.#at] !== "-" || to === "]" || to === undefined) {
        tests.push((c) => c === from);
        continue;
      }
      this.#at += 2;
      if (to === "\\" || to < from) throw new RangeError(`${from}-${to} is not a range`);
      tests.push((c) => from <= c && c <= to);
    } while (!this.#skips("]"));
    return (c) => tests.some((test) => test(c)) !== not;
  }
}
