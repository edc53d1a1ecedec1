// Where a text is split, and what becomes of the delimiters.

/** A part of a text: what a pattern matched, or what is between. */
export interface Part {
  start: number;
  end: number;
  matched: boolean;
}

/** The parts of a text, in order; together they are the text. */
export type Matcher = (text: string) => Part[];

export const behaviors = [
  "Isolated",
  "Removed",
  "MergedWithPrevious",
  "MergedWithNext",
  "Contiguous",
] as const;
type Behavior = (typeof behaviors)[number];

/** The pieces of a text that are left, none of them empty. */
export function split(text: string, parts: readonly Part[], behavior: Behavior): string[] {
  const pieces: string[] = [];
  for (const { start, end } of kept(parts, behavior)) {
    if (end > start) pieces.push(text.slice(start, end));
  }
  return pieces;
}

function kept(parts: readonly Part[], behavior: Behavior): readonly Part[] {
  switch (behavior) {
    case "Isolated":
      return parts;
    case "Removed":
      return parts.filter(({ matched }) => !matched);
    case "Contiguous":
      return merged(parts, (matched, before) => matched === before);
    case "MergedWithPrevious":
      return merged(parts, (matched, before) => matched && !before);
    case "MergedWithNext":
      return merged([...parts].reverse(), (matched, before) => matched && !before).reverse();
  }
}

/** Joins each part to its neighbour where `joins` says so; nothing was matched before the first. */
function merged(
  parts: readonly Part[],
  joins: (matched: boolean, before: boolean) => boolean,
): Part[] {
  const result: Part[] = [];
  let before = false;
  for (const part of parts) {
    const last = result.at(-1);
    if (last && joins(part.matched, before)) {
      last.start = Math.min(last.start, part.start);
      last.end = Math.max(last.end, part.end);
    } else {
      result.push({ ...part });
    }
    before = part.matched;
  }
  return result;
}

/** Each character of a set is a match of its own. */
export function charactersIn(set: { has(point: number): boolean }): Matcher {
  return (text) =>
    partsOf(text, (found) => {
      for (let start = 0, end = 0; start < text.length; start = end) {
        const point = text.codePointAt(start) as number;
        end = start + (point > 0xffff ? 2 : 1);
        if (set.has(point)) found(start, end);
      }
    });
}

/** The matches of an expression, none of which may be empty. */
export function matchesOf(expression: RegExp): Matcher {
  return (text) =>
    partsOf(text, (found) => {
      for (const { index, 0: match } of text.matchAll(expression)) {
        found(index, index + match.length);
      }
    });
}

/** The matches that `find` finds in a text, in order, and what is between them. */
function partsOf(text: string, find: (found: (start: number, end: number) => void) => void) {
  const parts: Part[] = [];
  let last = 0;
  find((start, end) => {
    if (start > last) parts.push({ start: last, end: start, matched: false });
    parts.push({ start, end, matched: true });
    last = end;
  });
  if (last < text.length) parts.push({ start: last, end: text.length, matched: false });
  return parts;
}

/** What was matched becomes what is between. */
export function inverted(matches: Matcher): Matcher {
  return (text) => matches(text).map((part) => ({ ...part, matched: !part.matched }));
}
