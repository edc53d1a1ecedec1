// What there is to say of a model of clicks: in the report, and on the site.
import type { MatrixRanking } from "../../ranking/matrix-ranking.js";
import { amount, duration, percent } from "../format.js";
import {
  describeModel,
  type Evaluation,
  type RankingResult,
  shownFigures,
} from "../ranking-summary.js";
import type { SampleRow } from "../sample-rows.js";
import { type Html, html, isolated } from "./html.js";
import { hitsTable, hitsWords } from "./lists.js";
import { type Findings, note, people, type Tile, table, tiles } from "./pieces.js";

/** A training with its test. */
export interface ClicksRun {
  /** The file, as it is shown. */
  source: string;
  result: RankingResult;
  evaluation: Evaluation | undefined;
  model: Pick<MatrixRanking, "rank">;
  samples: readonly SampleRow[];
}

/** Everything that comes from the user's file is escaped. */
export function clickSections(run: ClicksRun): Findings {
  const { source, result, samples, evaluation } = run;
  const { observed, rows, cols } = result;
  return {
    lead: html`${isolated(source)}: ${amount(observed, "click")} by ${amount(rows, "user")} on
${amount(cols, "item")}; ${percent(observed / (rows * cols))} of the cells are known.`,
    plainWords: hitsWords(evaluation, "chose"),
    tiles: tiles(figures(run)),
    sections: [
      {
        id: "samples",
        heading: "What it would recommend",
        // Scores of clicks order the items, and say nothing to anybody.
        shown: people(samples, "Chose", "Recommended", false),
      },
      {
        id: "lists",
        heading: "Do users find what they choose?",
        shown: hitsTable(evaluation, "chose"),
      },
      { id: "quality", heading: "The field's figures", shown: quality(run) },
    ],
  };
}

function figures({ result, model }: ClicksRun): Tile[] {
  const { ndcg10, hitRate10, popularity, milliseconds } = result;
  const shown: Tile[] = [];
  if (ndcg10 !== null && hitRate10 !== null) {
    const gain = ndcg10 / popularity.ndcg10!;
    const note = Number.isFinite(gain)
      ? html`<span class="${gain > 1 ? "good" : ""}">${gain.toFixed(2)} times</span> that of popularity`
      : "on clicks held out";
    shown.push(
      {
        what: "Users with a hit",
        value: percent(hitRate10),
        note: "in the first 10 recommendations",
      },
      { what: "NDCG of the first 10", value: ndcg10.toFixed(4), note },
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

function quality({ result, evaluation }: ClicksRun): Html[] {
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
    note(html`Means over ${amount(evaluation.rows, "user")}; the standard error of the first NDCG is
${evaluation.standardErrors.ndcg10.toFixed(4)}.`),
  ];
}
