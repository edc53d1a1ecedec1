// What the reports say of lists of recommendations: how often users find something in them.
import { amount, count, percent } from "../format.js";
import type { ListEvaluation } from "../judge-lists.js";
import { between, shownPlaces } from "../ranking-summary.js";
import { type Html, html } from "./html.js";
import { note, table } from "./pieces.js";

/** What users did with what they found: "chose", "liked". */
type Verb = "chose" | "liked";

/** One sentence: hits in the first ten, beside the ten most popular items. */
export function hitsWords(lists: ListEvaluation | undefined, verb: Verb): Html[] {
  if (lists === undefined) return [];
  const { hitRate10: own, popularity, coverage10 } = lists;
  const ratio = own / popularity.hitRate10;
  const often = Number.isFinite(ratio) ? `: ${ratio.toFixed(2)} times as many` : "";
  return [
    html`<strong>${percent(own)}</strong> of the users find something among their first 10
recommendations that they ${verb} in the end; among the 10 most popular items
${percent(popularity.hitRate10)} do${often}. Of all items ${percent(coverage10)} are recommended
to somebody.`,
  ];
}

/** Hits by the number of places, and by how much is known of a user. */
export function hitsTable(lists: ListEvaluation | undefined, verb: Verb): Html[] {
  if (lists === undefined) return [];
  const { popularity, rows, groups, standardErrors } = lists;
  return [
    ...table(
      ["recommendations", "users with a hit", "most popular items"],
      shownPlaces.map((k) => [
        `first ${k}`,
        percent(lists[`hitRate${k}`]),
        percent(popularity[`hitRate${k}`]),
      ]),
    ),
    note(html`Of ${amount(rows, "user")} with something held out that they ${verb}; the standard error of
the hits in 10 is ${percent(standardErrors.hitRate10)}. Every item that a user had not had is a candidate,
never a sample of them.`),
    ...(groups.length > 1
      ? table(
          ["known of the user", "users", "hit in 10", "most popular"],
          groups.map((group) => [
            between(group.smallest, group.largest),
            count(group.rows),
            percent(group.hitRate10),
            percent(group.popularity.hitRate10),
          ]),
        )
      : []),
  ];
}
