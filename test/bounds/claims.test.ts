// Every claim of certificates holds, and falls when its evidence is damaged.
import { expect, test } from "vitest";
import * as checkers from "../../src/bounds/claims.js";

const verdicts = [1, 2, 3].flatMap((seed) => checkers.claims(seed).map((check) => check()));

test.each(verdicts)("$claim", ({ claim, measured, bound, holds }) => {
  expect(holds, `${claim}: ${measured} against ${bound}`).toBe(true);
});

type Verdict = ReturnType<typeof checkers.boundHolds>;
/** A checker, evidence that is a little wrong, and evidence that is right in its place. */
const row = <E>(check: (evidence: E) => Verdict, wrong: E, right: E) =>
  [check as (evidence: unknown) => Verdict, wrong, right] as const;
const code = { levels: 2, symbols: [0, 1, 0, 1], decoded: [0, 1, 0, 1], bits: 24 };
const sabotage = [
  row(
    checkers.publishedBoundsAreMet,
    [{ ours: 0.5, published: 0.50003 }],
    [{ ours: 0.5, published: 0.50001 }],
  ),
  row(
    checkers.lengthsAreKept,
    [{ before: [3, 4], after: [0, 5 + 1e-10] }],
    [{ before: [3, 4], after: [0, 5] }],
  ),
  row(checkers.codeIsShort, { ...code, decoded: [0, 1, 0, 0] }, code),
  row(checkers.codeIsShort, { ...code, bits: 32 }, code),
  row(checkers.structureIsCertified, { bound: 0.26 }, { bound: 0.2 }),
  row(checkers.randomLabelsAreNot, { bound: 0.7 }, { bound: 0.8 }),
  row(checkers.boundHolds, [{ bound: 0.2, freshError: 0.21 }], [{ bound: 0.2, freshError: 0.19 }]),
];

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
