// Tests of a room's claims: each holds, and falls when its evidence is damaged.
import { expect, test } from "vitest";
import type { Verdict } from "../../src/claims/verdict.js";

type Sabotage = readonly [check: (evidence: unknown) => Verdict, wrong: unknown, right: unknown];

/** A checker, evidence that is a little wrong, and evidence that is right in its place. */
export const row = <E>(check: (evidence: E) => Verdict, wrong: E, right: E): Sabotage => [
  check as (evidence: unknown) => Verdict,
  wrong,
  right,
];

export function testClaims(verdicts: readonly Verdict[], sabotage: readonly Sabotage[]): void {
  test.each(verdicts)("$claim", ({ claim, measured, bound, holds }) => {
    expect(holds, `${claim}: ${measured} against ${bound}`).toBe(true);
  });

  test("every claim has its sabotage", () => {
    const sabotaged = sabotage.map(([check, , right]) => check(right).claim);
    expect(new Set(sabotaged)).toEqual(new Set(verdicts.map(({ claim }) => claim)));
  });

  test.each(
    sabotage.map(([check, wrong, right]) => ({ claim: check(right).claim, check, wrong, right })),
  )("sabotage is seen, the same without it is not: $claim", ({ check, wrong, right }) => {
    expect(check(right)).toMatchObject({ holds: true });
    expect(check(wrong)).toMatchObject({ holds: false });
  });
}
