import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as bounds from "../../src/bounds/claims.js";
import { show } from "../../src/cli/verify.js";
import * as federated from "../../src/federated/claims.js";
import * as generative from "../../src/generative/claims.js";
import * as theory from "../../src/theory/claims.js";
import { expectRefusal, lowrank, lowrankJson } from "../helpers/cli.js";

test("verify measures every claim with the seed given, and all hold", () => {
  const verdicts = lowrankJson(["verify", "--seed", "2"]);
  const lists = [theory.claims(), federated.claims(), generative.claims(1), bounds.claims()];
  expect(verdicts).toHaveLength(lists.flat().length);
  for (const verdict of verdicts) {
    expect(Object.keys(verdict)).toEqual(["claim", "source", "measured", "bound", "holds"]);
    expect(verdict).toMatchObject({ holds: true });
    expect(Number.isFinite(verdict.measured) && Number.isFinite(verdict.bound)).toBe(true);
  }
});

test("verify refuses a seed that is none", () => {
  expectRefusal(lowrank(["verify", "--seed", "-1"]), "lowrank verify: ", "--seed");
});

let printed: string[];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => printed.push(text));
});
afterEach(() => vi.restoreAllMocks());

const good = { claim: "it holds", source: "here", measured: 1e-15, bound: 1e-12, holds: true };
const bad = { claim: "it does not", source: "there", measured: 2, bound: 1, holds: false };
const breaks = { claim: "it breaks", source: "there", measured: 2, bound: 1, holds: true };

test("one claim that fails makes the exit code 1, in both forms", () => {
  expect(show([good, breaks], false, 10)).toBe(0);
  expect(printed.at(-1)).toBe("\n2 claims, all hold; measured in 10 ms");
  expect(show([good, bad], false, 10)).toBe(1);
  expect(printed.at(-1)).toBe("\n2 claims, 1 FAILED; measured in 10 ms");
  expect(show([bad], true, 10)).toBe(1);
  expect(JSON.parse(printed.at(-1) as string)).toEqual([bad]);
});

test("a line says what the number should have been", () => {
  const absent = { ...breaks, measured: 0.5, holds: false };
  show([good, bad, breaks, absent], false, 10);
  expect(printed.slice(0, 4).map((text) => text.split("\n")[0])).toEqual([
    "holds   1.00e-15 <  1.00e-12  it holds",
    "FAILED   2.00e+0 <   1.00e+0  it does not",
    "holds    2.00e+0 >   1.00e+0  it breaks",
    "FAILED   5.00e-1 >   1.00e+0  it breaks",
  ]);
});
