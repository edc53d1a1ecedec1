// The page that `train --report` leaves of a model of clicks.
import type { MatrixRanking } from "../../ranking/matrix-ranking.js";
import { amount, count, duration, percent } from "../format.js";
import {
  between,
  describeModel,
  type Evaluation,
  type RankingResult,
  shownFigures,
} from "../ranking-summary.js";
import type { SampleRow } from "../sample-rows.js";
import { type Html, html, isolated } from "./html.js";
import { renderPage } from "./page.js";
import { people, section, type Tile, table, tiles } from "./pieces.js";

export interface RankingReport {
  /** The file, as the user named it. */
  source: string;
  result: RankingResult;
  evaluation:
    | Pick<
        Evaluation,
        "rows" | "standardErrors" | "groups" | "popularity" | (typeof more)[number][0]
      >
    | undefined;
  model: Pick<MatrixRanking, "rank">;
  samples: readonly SampleRow[];
}

/** The whole page. Everything that comes from the user's file is escaped. */
export function rankingReport(report: RankingReport): string {
  const { source, result, samples } = report;
  const { observed, rows, cols } = result;
  return renderPage({
    heading: "Recommendation report",
    source,
    lead: html`${isolated(source)}: ${amount(observed, "click")} by ${amount(rows, "user")} on
${amount(cols, "item")}; ${percent(observed / (rows * cols))} of the cells are known.`,
    body: html`${tiles(figures(report))}
${section("quality", "How well it recommends", quality(report))}
${section("samples", "What it would recommend", people(samples, "Chose", "Recommended"))}`,
  });
}

function figures({ result, model }: RankingReport): Tile[] {
  const { ndcg10, hitRate10, popularity, milliseconds } = result;
  const shown: Tile[] = [];
  if (ndcg10 !== null && hitRate10 !== null) {
    const gain = ndcg10 / popularity.ndcg10!;
    const note = Number.isFinite(gain)
      ? html`<span class="${gain > 1 ? "good" : ""}">${gain.toFixed(2)} times</span> that of popularity`
      : "on clicks held out";
    shown.push(
      { what: "NDCG of the first 10", value: ndcg10.toFixed(4), note },
      {
        what: "Users with a hit",
        value: percent(hitRate10),
        note: "in the first 10 recommendations",
      },
    );
  }
  shown.push({ what: "Training time", value: duration(milliseconds), note: describeModel(model) });
  return shown;
}

/** Figures that the command does not print. */
const more = [
  ["precision10", "precision of the first 10"],
  ["mrr10", "mean reciprocal rank, of the first 10"],
  ["map10", "mean average precision, of the first 10"],
  ["novelty10", "novelty of the first 10, in bits"],
] as const;

function quality({ result, evaluation }: RankingReport): Html[] {
  if (evaluation === undefined) return [];
  const { popularity } = evaluation;
  const pair = (a: number, b: number) => [a.toFixed(4), b.toFixed(4)];
  return [
    ...table(
      ["on clicks held out", "model", "most popular"],
      [
        ...shownFigures.map(([key, what]) => [
          what,
          ...pair(result[key]!, result.popularity[key]!),
        ]),
        ...more.map(([key, what]) => [what, ...pair(evaluation[key], popularity[key])]),
      ],
    ),
    html`<p class="note">Means over ${amount(evaluation.rows, "user")}; the standard error of the
first NDCG is ${evaluation.standardErrors.ndcg10.toFixed(4)}. Every item that a user had not chosen is a
candidate, never a sample of them.</p>`,
    ...table(
      ["clicks before", "users", "NDCG of the first 10", "most popular"],
      evaluation.groups.map((group) => [
        between(group.smallest, group.largest),
        count(group.rows),
        ...pair(group.ndcg10, group.popularity.ndcg10),
      ]),
    ),
  ];
}
