// Every claim of PolarAir holds, and falls when its evidence is damaged.
import { expect, test } from "vitest";
import * as checkers from "../../src/federated/claims.js";
import { row, testClaims } from "../helpers/sabotage.js";

const verdicts = checkers.claims(1).map((check) => check());

const few = checkers.recover(20, 16, { seed: 7, times: 5 });
const signals = { first: [1, -2], second: [0.5, 3], ofSum: [1.5, 1] };
const sent = [{ power: 2, numbers: [1, -1, 2, Math.SQRT2] }];
/** What was found, with every fifth entry lost. */
const poor = few.found.map((vector) => {
  let entry = 0;
  return vector.map((value) => (value !== 0 && entry++ % 5 === 0 ? 0 : value));
});

const sabotage = [
  row(checkers.signalsAddUp, { ...signals, ofSum: [1.5, 1 + 1e-9] }, signals),
  row(checkers.energyIsExact, [{ power: 2 + 1e-6, numbers: sent[0].numbers }], sent),
  row(checkers.fewEntriesAreFound, { ...few, found: poor }, few),
  row(checkers.valuesAreExact, { ...few, found: few.found.map((v) => v.map((x) => 1.2 * x)) }, few),
  row(checkers.tooManyAreMissed, few, { ...few, found: few.found.map((v) => v.map(() => 0)) }),
  row(
    checkers.workIsCounted,
    { products: 100, dense: 6400, messageBits: 5 },
    { products: 100, dense: 6400, messageBits: 6 },
  ),
  row(
    checkers.fewerUsesAreNeeded,
    { polarAir: 800, uncompressed: 1000 },
    { polarAir: 600, uncompressed: 1000 },
  ),
];

testClaims(verdicts, sabotage);

test("training that never comes to the accuracy is not a saving", () => {
  const never = { polarAir: Number.POSITIVE_INFINITY, uncompressed: 100 };
  expect(checkers.fewerUsesAreNeeded(never).holds).toBe(false);
  expect(checkers.fewerUsesAreNeeded({ ...never, uncompressed: Infinity }).holds).toBe(false);
});
