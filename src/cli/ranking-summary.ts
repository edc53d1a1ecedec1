// What `train` and `evaluate` print of a model of clicks.
import type { IndexedEntries } from "../completion/entries.js";
import type { OutputFile } from "../files/output-file.js";
import type { RankingEvaluation } from "../ranking/evaluation/judge.js";
import type { MatrixRanking } from "../ranking/matrix-ranking.js";
import { amount, count, duration, percent, print } from "./format.js";
import type { SampleRow } from "./sample-rows.js";

/** Places that the reports tell the hits of. */
export const shownPlaces = [1, 5, 10, 20] as const;
/** Where lists are cut. */
export const judgedPlaces = [...shownPlaces, 100] as const;

export type Evaluation = RankingEvaluation<(typeof judgedPlaces)[number]>;

/** Figures of an order of the items; null when nothing was held out. */
interface Figures {
  ndcg10: number | null;
  ndcg100: number | null;
  recall20: number | null;
  hitRate10: number | null;
  /** Share of the items that are among the first ten of some user. */
  coverage: number | null;
}

/** The object that `--json` prints for a model of clicks. */
export interface RankingResult extends Figures {
  /** "popularity" where the factors are not better than the order by popularity. */
  model: "ranking" | "popularity";
  rows: number;
  cols: number;
  /** Pairs of user and item. */
  observed: number;
  /** Of the order by popularity, on the same clicks. */
  popularity: Figures;
  /** Of the training. */
  milliseconds: number;
}

export function rankingResult(
  { rowIds, colIds, values }: IndexedEntries,
  model: MatrixRanking,
  evaluation: Evaluation | undefined,
  milliseconds: number,
): RankingResult {
  return {
    model: model.rank > 0 ? "ranking" : "popularity",
    rows: rowIds.length,
    cols: colIds.length,
    observed: values.length,
    ...figures(evaluation),
    popularity: figures(evaluation?.popularity),
    milliseconds,
  };
}

function figures(metrics: Evaluation["popularity"] | undefined): Figures {
  const { ndcg10 = null, ndcg100 = null, recall20 = null, hitRate10 = null } = metrics ?? {};
  return { ndcg10, ndcg100, recall20, hitRate10, coverage: metrics?.coverage10 ?? null };
}

/** The figures that people are shown, with what they mean. */
export const shownFigures: readonly (readonly [keyof Figures, string])[] = [
  ["hitRate10", "users with a hit in the first 10"],
  ["recall20", "found in the first 20 (recall)"],
  ["ndcg10", "NDCG of the first 10"],
  ["ndcg100", "NDCG of the first 100"],
  ["coverage", "items recommended to anybody"],
];

interface Summary {
  source: string;
  result: RankingResult;
  evaluation: Evaluation | undefined;
  model: MatrixRanking;
  samples: readonly SampleRow[];
  /** Where ratings were read: how many of them are likes. */
  ratings: { likes: number; all: number; minValue: number } | undefined;
  files: readonly OutputFile[];
}

export function printRankingSummary(summary: Summary): void {
  const { source, result, evaluation, model, samples, ratings, files } = summary;
  const { rows, cols, observed, popularity, milliseconds } = result;
  print(
    `${source}: ${amount(observed, "click")} by ${amount(rows, "user")} on ${amount(cols, "item")}`,
  );
  if (ratings) {
    const { likes, all, minValue } = ratings;
    print(`clicks are the ${count(likes)} of ${count(all)} ratings that are ${minValue} or more`);
  }
  const known = percent(observed / (rows * cols));
  print(
    `a matrix of ${count(rows)} rows and ${count(cols)} columns, ${known} of whose cells are clicks`,
  );
  print("");
  if (evaluation) {
    print("  on clicks held out                  model    most popular");
    for (const [key, what] of shownFigures) {
      const [own, popular] = [result[key], popularity[key]].map((value) => value!.toFixed(4));
      print(`  ${what.padEnd(34)}  ${own}   ${popular}`);
    }
    print(`  judged by ${amount(evaluation.rows, "user")}`);
    printGroups(evaluation);
  } else print("  nothing was held out: there are no figures");
  print("");
  print(`  trained in ${duration(milliseconds)}, ${describeModel(model)}`);
  if (model.cols > cols) {
    print(`  ${amount(model.cols - cols, "item")} more, which nobody chose, by their features`);
  }
  for (const { rowId, rated, recommended } of samples) {
    const list = (entries: SampleRow["rated"]) => entries.map(({ colId }) => colId).join(" · ");
    print("");
    print(`  user ${rowId}`);
    print(`    chose          ${list(rated)}`);
    if (recommended.length > 0) print(`    recommended    ${list(recommended)}`);
  }
  print("");
  for (const { path } of files) print(`wrote ${path}`);
}

/** "4", "5 to 9" */
export function between(smallest: number, largest: number): string {
  return smallest === largest ? String(smallest) : `${smallest} to ${largest}`;
}

/** New users and those with long histories apart, where there are several groups. */
function printGroups({ groups }: Evaluation): void {
  if (groups.length < 2) return;
  print("");
  print("  NDCG of the first 10, by clicks before:");
  for (const { smallest, largest, rows, ndcg10, popularity } of groups) {
    const range = `${between(smallest, largest)}, ${amount(rows, "user")}`;
    print(`  ${range.padEnd(34)}  ${ndcg10.toFixed(4)}   ${popularity.ndcg10.toFixed(4)}`);
  }
}

/** What the model is, in a few words. */
export function describeModel({ rank }: Pick<MatrixRanking, "rank">): string {
  if (rank > 0) return `rank ${rank}`;
  return "and the order by popularity is as good: that is the model";
}
