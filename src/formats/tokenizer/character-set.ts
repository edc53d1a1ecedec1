// Sets of code points, made of the tables of the original: every runtime has its own version of
// Unicode, and the ids must not depend on it.

/** Code points from `first` to `last`. */
export type CodePointRange = readonly [first: number, last: number];

export const lastPoint = 0x10ffff;

/** A set of code points with a fast `has`: a bit each. */
export class CharacterSet {
  readonly #bits = new Uint32Array((lastPoint + 1) / 32);

  constructor(readonly ranges: readonly CodePointRange[]) {
    for (const [first, last] of ranges) {
      for (let point = first; point <= last; point++) this.#bits[point >>> 5] |= 1 << (point & 31);
    }
  }

  has(point: number): boolean {
    return (this.#bits[point >>> 5] & (1 << (point & 31))) !== 0;
  }
}

/** The set that a table of unicode-data.ts stands for, made when it is first asked for. */
export function lazySet(table: string): () => CharacterSet {
  let set: CharacterSet | undefined;
  return () => {
    set ??= new CharacterSet(rangesOf(table));
    return set;
  };
}

/** The words of a table. */
export function wordsOf(table: string): string[] {
  return table.trim().split(/\s+/);
}

/** Lengths of runs outside and inside the set, in turn. */
export function rangesOf(table: string): CodePointRange[] {
  const ranges: CodePointRange[] = [];
  let point = 0;
  for (const [i, word] of wordsOf(table).entries()) {
    const length = Number.parseInt(word, 36);
    if (i % 2 === 1) ranges.push([point, point + length - 1]);
    point += length;
  }
  return ranges;
}

/** The union of ranges in any order, ascending and apart. */
export function unionOf(ranges: readonly CodePointRange[]): CodePointRange[] {
  const sorted = [...ranges].sort(([a], [b]) => a - b);
  const union: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = union.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else union.push([first, last]);
  }
  return union;
}

/** All code points but those of ranges that are ascending and apart. */
export function complementOf(ranges: readonly CodePointRange[]): CodePointRange[] {
  const complement: CodePointRange[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) complement.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= lastPoint) complement.push([next, lastPoint]);
  return complement;
}
