/** What a checker found: a claim, a number, and what the number has to do with the claim. */
export interface Verdict {
  /** A sentence that is true where the verdict holds. */
  readonly claim: string;
  /** Where the claim comes from. */
  readonly source: string;
  readonly measured: number;
  /** What `measured` must stay below, or exceed where the claim says that something breaks. */
  readonly bound: number;
  /** False also when the measured value is NaN. */
  readonly holds: boolean;
}

/** Measures one claim, now. */
export type Claim = () => Verdict;

/** What a checker knows beforehand. @internal */
interface Statement {
  readonly claim: string;
  readonly source: string;
}

/** Holds while the measured value is less than the bound. @internal */
export function below(statement: Statement, measured: number, bound: number): Verdict {
  return { ...statement, measured, bound, holds: measured < bound };
}

/** Holds while the measured value is greater: for claims that something breaks. @internal */
export function above(statement: Statement, measured: number, bound: number): Verdict {
  return { ...statement, measured, bound, holds: measured > bound };
}
