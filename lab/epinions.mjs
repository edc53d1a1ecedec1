// Two tables of people, which bench/fetch-epinions.mjs fetches.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Skipped } from "./data.mjs";

export const epinionsFolder = fileURLToPath(new URL("../bench/models/epinions", import.meta.url));

/** Columns of a table of Orange: three lines of head, then row, column and value. */
function readTable(name) {
  const file = join(epinionsFolder, name);
  if (!existsSync(file)) throw new Skipped(`${name} is not there: node bench/fetch-epinions.mjs`);
  const table = { rowIds: [], colIds: [], values: [] };
  for (const line of readFileSync(file, "utf8").split("\n").slice(3)) {
    if (line.trim() === "") continue;
    const [rowId, colId, value] = line.split("\t");
    table.rowIds.push(rowId);
    table.colIds.push(colId);
    table.values.push(Number(value));
  }
  return table;
}

/** Who trusts whom on Epinions, both parts of the table together. */
export function epinionsTrust() {
  const [first, second] = ["epinions_train.tab", "epinions_test.tab"].map(readTable);
  return {
    rowIds: [...first.rowIds, ...second.rowIds],
    colIds: [...first.colIds, ...second.colIds],
    values: [...first.values, ...second.values],
  };
}

/** Ratings of films, 0.5 .. 4. */
export const filmTrust = () => readTable("filmtrust/ratings.tab");
