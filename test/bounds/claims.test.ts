// Every claim of certificates holds, and falls when its evidence is damaged.
import * as checkers from "../../src/bounds/claims.js";
import { row, testClaims } from "../helpers/sabotage.js";

const verdicts = [1, 2, 3].flatMap((seed) => checkers.claims(seed).map((check) => check()));

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

testClaims(verdicts, sabotage);
