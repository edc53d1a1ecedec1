import * as check from "../check/fields.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { spectralCompress } from "../factorization/models/spectral-compress.js";
import { factorization } from "../factorization/problems/factorization.js";
import { worstOf } from "./plain.js";
import { kwon } from "./sources.js";
import { lowRankTarget } from "./target.js";

/** What a narrow network is made of. */
export interface ParameterCount {
  readonly rows: number;
  readonly cols: number;
  readonly width: number;
  readonly depth: number;
  /** As the model reports it. */
  readonly counted: number;
}

export function countParameters(rows: number, cols: number, rank: number, depth: number) {
  const problem = factorization(lowRankTarget({ rows, cols, rank, seed: 1 }));
  const model = spectralCompress(problem, { rank, depth });
  return { rows, cols, width: 2 * rank, depth, counted: model.parameterCount };
}

/** (rows + cols) width + (depth - 2) width² parameters, 2 d r_hat + (L - 2) r_hat² for squares. */
export function parametersAreFew(counts: readonly ParameterCount[]): Verdict {
  const number = check.number;
  check.list(
    check.record<ParameterCount>({
      rows: number,
      cols: number,
      width: number,
      depth: number,
      counted: number,
    }),
  )("parametersAreFew", "counts", counts);
  const claim = "it has (rows + cols) width + (depth - 2) width² parameters";
  const source = `${kwon}, size of the compressed network`;
  const misses = counts.map(({ rows, cols, width, depth, counted }) => {
    const expected = (rows + cols) * width + (depth - 2) * width * width;
    return counted - expected;
  });
  return below({ claim, source }, worstOf(misses), 1);
}

export function claims(): Claim[] {
  const counts = () => [
    countParameters(100, 100, 5, 3),
    countParameters(60, 90, 4, 5),
    countParameters(50, 30, 1, 2),
  ];
  return [() => parametersAreFew(counts())];
}
