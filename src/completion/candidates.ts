// Which columns a list of recommendations is chosen from.
import { quote } from "../check/describe.js";
import { checkList } from "../check/values.js";
import type { IdIndex } from "./id-index.js";
import { type Id, textAt } from "./observations.js";

export interface CandidateOptions {
  /** Columns to leave out. Those that the model does not know are left out anyway. */
  exclude?: ArrayLike<Id>;
  /** The only columns to choose from, such as those in stock. */
  only?: ArrayLike<Id>;
}

/** The same by column index. */
export interface Candidates {
  readonly exclude: readonly number[];
  readonly only: readonly number[] | undefined;
}

/** @throws RangeError when `only` names no column that the model knows: no list would have an entry. */
export function readCandidates(
  name: string,
  { exclude = [], only }: CandidateOptions,
  colIndex: IdIndex,
): Candidates {
  return {
    exclude: columns(name, "exclude", exclude, colIndex).known,
    only: only === undefined ? undefined : onlyOf(name, only, colIndex),
  };
}

/** Marks of the columns that must not be recommended, with those of the row's own. */
export function exclusions(
  { exclude, only }: Candidates,
  own: ArrayLike<number>,
  cols: number,
): Uint8Array {
  const excluded = new Uint8Array(cols);
  if (only !== undefined) {
    excluded.fill(1);
    for (const col of only) excluded[col] = 0;
  }
  for (const col of exclude) excluded[col] = 1;
  for (let p = 0; p < own.length; p++) excluded[own[p]] = 1;
  return excluded;
}

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
