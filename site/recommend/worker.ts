// Trains and asks a recommender, apart from the page. It runs the functions of `lowrank train`
// themselves, so the numbers are those of the command.
import { clicksRun, type FittedClicks, fitClicks } from "../../src/cli/fit-clicks.js";
import { type FittedRatings, fitRatings, ratingsRun } from "../../src/cli/fit-ratings.js";
import { onThisThread } from "../../src/cli/fits.js";
import type { ClicksRun } from "../../src/cli/report/click-sections.js";
import type { RatingsRun } from "../../src/cli/report/rating-sections.js";
import { rangeOf } from "../../src/completion/range.js";
import { pca } from "../../src/decompositions/pca.js";
import { type EntryTable, parseEntries, type RatingsFormat } from "../../src/formats/delimited.js";
import { type Preview, previewEntries } from "../../src/formats/preview.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { report, serve } from "../shell/serve.js";

/** How a file is read: the menus of the page. */
export type Format = Pick<RatingsFormat, "columns" | "encoding" | "content">;

/** What is in a file. */
export interface Contents {
  kind: "ratings" | "clicks";
  users: number;
  items: number;
  entries: number;
  /** Of ratings: the least, the greatest, and those that are likely likes. */
  scale: { low: number; high: number; values: number[]; liked: number };
  titles: boolean;
}

/** What is learnt: the ratings themselves, or likes, from a rating on. */
export interface Task {
  learn: "ratings" | "clicks";
  minValue?: number;
  seed: number;
}

/** An item that can be chosen. */
export interface Item {
  id: string;
  title: string;
  /** How many users it has. */
  users: number;
}

export type Trained =
  | { kind: "ratings"; run: RatingsRun; items: Item[] }
  | { kind: "clicks"; run: ClicksRun; items: Item[]; likens: boolean };

/** An item that was chosen, with its rating where the model is one of ratings. */
export interface Choice {
  id: string;
  value: number;
}

export interface Recommended {
  id: string;
  title: string;
  /** The predicted rating, where the model predicts ratings. */
  value: number | undefined;
  /** Titles of what led to it, the strongest first. */
  because: string[];
}

export interface Place {
  id: string;
  title: string;
  x: number;
  y: number;
  users: number;
}

type Model =
  | { kind: "ratings"; fitted: FittedRatings; items: Item[] }
  | { kind: "clicks"; fitted: FittedClicks; items: Item[] };

/** More items than these nobody scrolls through. */
const listed = 3000;
/** Dots of the map: the items that most users have. */
const mapped = 250;
const previewed = 4;

let source = "";
let table: EntryTable | undefined;
let model: Model | undefined;

function preview(bytes: Uint8Array, name: string, format: Format): Preview | undefined {
  return previewEntries(bytes, name, format, previewed);
}

function read(bytes: Uint8Array, name: string, format: Format): Contents {
  model = undefined;
  table = undefined;
  table = parseEntries(bytes, name, { content: "either", ...format });
  source = name;
  const { kind, values, rowIds, colIds, titles } = table;
  const { low, high } = rangeOf(values);
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const distinct = [...new Set(values.subarray(0, 100_000))].sort((a, b) => a - b);
  const liked = distinct.find((value) => value >= mean) ?? high;
  return {
    ...{ kind, users: rowIds.length, items: colIds.length, entries: values.length },
    scale: { low, high, values: distinct.length <= 21 ? distinct : [], liked },
    titles: titles.size > 0,
  };
}

async function train(task: Task): Promise<Trained> {
  if (table === undefined) throw new Error("read a file first");
  model = undefined;
  const data = { source, table, test: undefined, features: undefined };
  const options = { minRatings: 1, implicit: true, threads: 1, seed: task.seed };
  const progress = {
    update: (step: number, total: number, text: string) => report({ step, total, text }),
    stop() {},
  };
  const items = itemsOf(table);
  if (task.learn === "ratings") {
    const fitted = await fitRatings(data, options, onThisThread(), progress, true);
    report({ step: 1, total: 1, text: "measuring" }, true);
    model = { kind: "ratings", fitted, items };
    return { kind: "ratings", run: ratingsRun(fitted, source, table.titles), items };
  }
  const { minValue } = task;
  const likes = minValue === undefined ? {} : { minValue };
  const fitted = await fitClicks(data, { ...options, ...likes }, onThisThread(), progress, false);
  const known = items.filter(({ id }) => fitted.final.model.hasCol(id));
  model = { kind: "clicks", fitted, items: known };
  const run = clicksRun(fitted, source, table.titles);
  return { kind: "clicks", run, items: known, likens: run.model.rank > 0 };
}

function itemsOf({ colIds, cols, titles }: EntryTable): Item[] {
  const users = new Int32Array(colIds.length);
  for (const col of cols) users[col]++;
  return colIds
    .map((id, col) => ({ id, title: titles.get(id) ?? id, users: users[col] }))
    .sort((a, b) => b.users - a.users || (a.id < b.id ? -1 : 1))
    .slice(0, listed);
}

const titleOf = (id: string) => table?.titles.get(id) ?? id;

function recommend(choices: readonly Choice[], n: number): Recommended[] {
  const { kind, fitted } = trained();
  if (choices.length === 0) return [];
  if (kind === "clicks") {
    const own = fitted.final.model;
    const row = own.foldIn(choices.map(({ id }) => id));
    return own.recommend(row, n).map(({ id }) => ({
      ...{ id, title: titleOf(id), value: undefined },
      because:
        own.rank === 0
          ? []
          : own
              .explain(row, id, 2)
              .parts.filter(({ score }) => score > 0)
              .map((part) => titleOf(part.id)),
    }));
  }
  const { model: own } = fitted.fit;
  const place = (some: readonly Choice[]) =>
    own.foldIn({ colIds: some.map(({ id }) => id), values: some.map(({ value }) => value) });
  const found = own.recommend(place(choices), n);
  // What a choice adds: how much less is expected without it.
  const without = choices.map((_, i) => place(choices.filter((_, j) => j !== i)));
  return found.map(({ id, value }) => {
    const added = without.map((row, i) => ({ i, gain: value - own.predict(row, id) }));
    const because = added
      .filter(({ gain }) => gain > 0)
      .sort((a, b) => b.gain - a.gain)
      .slice(0, 2)
      .map(({ i }) => titleOf(choices[i].id));
    return { id, title: titleOf(id), value, because };
  });
}

function similar(id: string, n: number): { id: string; title: string }[] {
  const { kind, fitted } = trained();
  if (kind !== "clicks") return [];
  return fitted.final.model.similarItems(id, n).map((item) => ({
    id: item.id,
    title: titleOf(item.id),
  }));
}

/** The items that most users have, by the first two principal components of their factors. */
function map(): Place[] {
  const { kind, fitted, items } = trained();
  if (kind !== "clicks" || fitted.final.model.rank < 2) return [];
  const own = fitted.final.model;
  const { cols } = own.factors();
  const numbers = new Map(own.colIds.map((id, col) => [id, col]));
  const shown = items.slice(0, mapped);
  if (shown.length < 3) return [];
  // Directions are what is alike: lengths say how popular an item is.
  const rows = shown.map(({ id }) => {
    const row = Array.from(cols.row(numbers.get(id)!));
    const length = Math.hypot(...row) || 1;
    return row.map((value) => value / length);
  });
  const data = Matrix.from(rows);
  const places = pca(data, { components: 2 }).transform(data);
  return shown.map((item, i) => ({ ...item, x: places.get(i, 0), y: places.get(i, 1) }));
}

function save(): Uint8Array {
  const { kind, fitted } = trained();
  return kind === "clicks" ? fitted.final.model.save() : fitted.fit.model.save();
}

function trained(): Model {
  if (model === undefined) throw new Error("train a model first");
  return model;
}

const functions = { preview, read, train, recommend, similar, map, save };
export type Recommender = typeof functions;
serve(functions);
