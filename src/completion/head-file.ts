// The ranking head in a model file: what was measured, and the head, where there are any. Little-endian:
//   u32  which of the two follow, the measures 1 and the head 2
//   the measures: f64 NDCG@10 by ranking, rating and popularity; u32 rows
//   the head: u32 grades; f64 level and f32 share of each; u8 grade of each entry;
//             u32 rank; f64 cell weight and threshold; f32 factors of the columns
import { largestRank } from "../als/settings.js";
import type { ByteReader, ByteWriter } from "./byte-stream.js";
import { maximumGrades } from "./grades.js";
import { checkColumnFactors, fail, finite, integer, within } from "./model-checks.js";
import type { ModelState } from "./model-state.js";

type HeadState = Pick<ModelState, "comparison" | "head">;

const parts = { comparison: 1, head: 2 };

export function writeHead(writer: ByteWriter, { comparison, head }: HeadState): void {
  writer.u32((comparison ? parts.comparison : 0) | (head ? parts.head : 0));
  if (comparison) {
    const { ranking, rating, popularity } = comparison.ndcg10;
    for (const value of [ranking, rating, popularity]) writer.f64(value);
    writer.u32(comparison.rows);
  }
  if (!head) return;
  writer.u32(head.grades.levels.length);
  writer.array(head.grades.levels);
  writer.array(head.grades.shares);
  writer.array(head.numbers);
  writer.u32(head.rank);
  writer.f64(head.cellWeight);
  writer.f64(head.threshold);
  writer.array(head.factors);
}

/** @param entries - that were trained on. @throws ModelFileError */
export function readHead(reader: ByteReader, cols: number, entries: number): HeadState {
  const present = reader.u32();
  const all = parts.comparison | parts.head;
  if (present > all) fail("what there is of the ranking head", present, `be at most ${all}`);
  let comparison: HeadState["comparison"];
  let head: HeadState["head"];
  if (present & parts.comparison) {
    const [ranking, rating, popularity] = [reader.f64(), reader.f64(), reader.f64()];
    comparison = { ndcg10: { ranking, rating, popularity }, rows: reader.u32() };
  }
  if (present & parts.head) {
    const count = reader.u32();
    const grades = { levels: reader.f64Array(count), shares: reader.f32Array(count) };
    const numbers = reader.u8Array(entries);
    const rank = reader.u32();
    const [cellWeight, threshold] = [reader.f64(), reader.f64()];
    const factors = reader.f32Array(cols * rank);
    head = { grades, numbers, cols, rank, cellWeight, threshold, factors };
  }
  return { comparison, head };
}

/** @throws ModelFileError that names the field, what it is and what it must be. */
export function checkHead({ comparison, head, rowIds, colIds }: ModelState): void {
  if (comparison) {
    const { ranking, rating, popularity } = comparison.ndcg10;
    for (const value of [ranking, rating, popularity]) {
      if (!(value >= 0 && value <= 1)) fail("an NDCG of the orders", value, "be in [0, 1]");
    }
    integer("the rows judged", comparison.rows, 2);
  }
  if (!head) return;
  const { grades, numbers, rank } = head;
  const { levels, shares } = grades;
  integer("the number of grades", levels.length, 1, maximumGrades);
  finite("the level of a grade", levels);
  for (let g = 0; g < levels.length; g++) {
    within("the share of a grade", shares[g], 1);
    if (g === 0 || (levels[g] > levels[g - 1] && shares[g] > shares[g - 1])) continue;
    fail(`grade ${g}`, `${levels[g]}, ${shares[g]}`, "have a larger level and share than the last");
  }
  for (const number of numbers) integer("the grade of an entry", number, 0, levels.length - 1);
  integer("the rank of the ranking head", rank, 0, largestRank(rowIds.length, colIds.length));
  checkColumnFactors(head);
}
