import type { History } from "../als/history.js";
import { describe, quote } from "../check/describe.js";
import { readOptions } from "../check/options.js";
import { checkBoolean, checkList } from "../check/values.js";
import type { IdIndex } from "../completion/id-index.js";
import { type Id, textAt } from "../completion/observations.js";

export interface RankingRecommendOptions {
  /** Leave out the columns of the row's history. @defaultValue true */
  excludeSeen?: boolean;
  /** Columns to leave out. Those that the model does not know are left out anyway. */
  exclude?: ArrayLike<Id>;
  /** The only columns to choose from, such as those in stock. */
  only?: ArrayLike<Id>;
  /**
   * How much the columns of a list should differ from each other, 0 to 1: 0 orders by the score
   * alone (maximal marginal relevance, Carbonell and Goldstein 1998). @defaultValue 0
   */
  diversity?: number;
}

/** Options, by column index. */
export interface ReadRecommendOptions {
  readonly excludeSeen: boolean;
  readonly exclude: readonly number[];
  readonly only: readonly number[] | undefined;
  readonly diversity: number;
}

export function readRecommendOptions(
  name: string,
  options: RankingRecommendOptions,
  colIndex: IdIndex,
): ReadRecommendOptions {
  const read = readOptions(name, options, {
    excludeSeen: true,
    exclude: true,
    only: true,
    diversity: true,
  });
  const { excludeSeen = true, exclude = [], only, diversity = 0 } = read;
  checkBoolean(name, "excludeSeen", excludeSeen);
  if (!(typeof diversity === "number" && diversity >= 0 && diversity <= 1)) {
    throw new RangeError(
      `${name}: diversity is ${describe(diversity)}: it must be a number in [0, 1]`,
    );
  }
  return {
    excludeSeen,
    exclude: columns(name, "exclude", exclude, colIndex).known,
    only: only === undefined ? undefined : onlyOf(name, only, colIndex),
    diversity,
  };
}

/** Marks of the columns that must not be recommended. */
export function exclusions(
  { excludeSeen, exclude, only }: ReadRecommendOptions,
  { colIndices }: History,
  cols: number,
): Uint8Array {
  const excluded = new Uint8Array(cols);
  if (only !== undefined) {
    excluded.fill(1);
    for (const col of only) excluded[col] = 0;
  }
  for (const col of exclude) excluded[col] = 1;
  if (excludeSeen) for (const col of colIndices) excluded[col] = 1;
  return excluded;
}

/** A list that names no known column would give an empty answer without a word. */
function onlyOf(name: string, only: ArrayLike<Id>, colIndex: IdIndex) {
  const { known, unknown } = columns(name, "only", only, colIndex);
  if (known.length > 0 || unknown === undefined) return known;
  throw new RangeError(
    `${name}: only has no column that the model knows (${quote(unknown)} is not one): ` +
      `give some of the ${colIndex.size} columns trained on`,
  );
}

function columns(
  name: string,
  what: string,
  ids: ArrayLike<Id>,
  colIndex: IdIndex,
): { known: number[]; unknown: string | undefined } {
  checkList(name, what, ids);
  const known: number[] = [];
  let unknown: string | undefined;
  for (let p = 0; p < ids.length; p++) {
    const id = textAt(name, what, ids, p);
    const col = colIndex.get(id);
    if (col === undefined) unknown ??= id;
    else known.push(col);
  }
  return { known, unknown };
}
