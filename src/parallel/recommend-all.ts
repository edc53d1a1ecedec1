import { invalidValue } from "../check/describe.js";
import type { OptionNames } from "../check/options.js";
import { checkList } from "../check/values.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import { textAt } from "../completion/observations.js";
import {
  checkCount,
  type Recommendation,
  type RecommendOptions,
  type RowRecommendations,
  recommendNames as ratingNames,
  type SomeRows,
} from "../completion/recommend.js";
import { MatrixRanking, type Scored } from "../ranking/matrix-ranking.js";
import {
  recommendNames as clickNames,
  type RankingRecommendOptions,
} from "../ranking/recommend-options.js";
import { givenKernels } from "../wasm/index.js";
import type { Task } from "./protocol.js";
import { readThreadOptions, type ThreadOptions, Workers } from "./workers.js";

/** Of either kind of model: each refuses the other's. */
type Options = RankingRecommendOptions & RecommendOptions & SomeRows;

/** Rows whose lists a thread makes at once: some batches of the scorer. */
const rowsAtOnce = 256;

/**
 * `model.recommendAll` on several threads: the same lists, in the same order.
 *
 * Every thread holds the model. The calling thread never blocks, and takes lists as fast as it asks for
 * them; leave the loop to stop the threads. Worth it from some ten thousand rows on.
 *
 * @param model - a `MatrixRanking` or a `MatrixCompletion`; its bytes are copied to every thread.
 * @param options - as for `recommendAll` of the model, with `threads` and `workerUrl`.
 * @throws (rejects with) as `recommendAll`, and for threads as `completeMatrixParallel`.
 * @example
 * ```js
 * for await (const { id, recommendations } of recommendAllParallel(model, 10, { threads: 4 })) {
 *   console.log(id, recommendations[0].id);
 * }
 * ```
 */
export function recommendAllParallel(
  model: MatrixRanking,
  n?: number,
  options?: RankingRecommendOptions & SomeRows & ThreadOptions,
): AsyncGenerator<RowRecommendations<Scored>, void>;
export function recommendAllParallel(
  model: MatrixCompletion,
  n?: number,
  options?: RecommendOptions & SomeRows & ThreadOptions,
): AsyncGenerator<RowRecommendations<Recommendation>, void>;
export async function* recommendAllParallel(
  model: MatrixRanking | MatrixCompletion,
  n = 10,
  given: Options & ThreadOptions = {},
): AsyncGenerator<RowRecommendations<Scored>, void> {
  const name = "recommendAllParallel";
  const kind = kindOf(name, model);
  checkCount(name, n);
  const names = { ...(kind === "ranking" ? clickNames : ratingNames), rows: true };
  const read = readThreadOptions(name, given, names as OptionNames<Options>);
  const { threads, url, rest } = read;
  const { rows: some = model.rowIds, ...options } = rest;
  checkList(name, "rows", some);
  const rows = Array.from(some, (_, p) => textAt(name, "rows", some, p));
  // Says what is wrong with the options before a thread starts.
  model.recommendAll(n, { ...options, rows: rows.slice(0, 1) }).next();
  const workers = new Workers(name, Math.min(threads, Math.ceil(rows.length / rowsAtOnce)), url);
  try {
    const serve = { kernels: givenKernels(), kind, bytes: model.save(), n, options };
    await workers.ask(() => ({ serve }));
    const atOnce = rowsAtOnce * workers.size;
    const listsFrom = (first: number) => {
      const lists = workers.ask((thread) => {
        const start = first + thread * rowsAtOnce;
        return { rows: rows.slice(start, start + rowsAtOnce) };
      });
      // Who leaves the loop stops the threads while they make these lists, and waits for none of them.
      lists.catch(() => {});
      return lists;
    };
    let next = listsFrom(0);
    for (let first = 0; first < rows.length; first += atOnce) {
      const answers = await next;
      // The threads go on while these lists are used.
      if (first + atOnce < rows.length) next = listsFrom(first + atOnce);
      for (const { lists } of answers) yield* lists ?? [];
    }
  } finally {
    await workers.end();
  }
}

function kindOf(name: string, model: unknown): Task["kind"] {
  if (model instanceof MatrixRanking) return "ranking";
  if (model instanceof MatrixCompletion) return "completion";
  const wanted = "a MatrixRanking or a MatrixCompletion";
  throw invalidValue(name, "model", model, wanted, TypeError);
}
