import { expect, test } from "vitest";
import * as core from "../../src/index.js";
import { constantRate, cosineDecay, linearDecay } from "../../src/optim/schedules.js";

test("constantRate is the same at every step", () => {
  expect([0, 1, 1e6].map(constantRate(0.25))).toEqual([0.25, 0.25, 0.25]);
});

test("linearDecay rises over the warm-up, then falls on a straight line and stays", () => {
  const rate = linearDecay({ learningRate: 1, steps: 10, warmup: 2, final: 0 });
  expect([0, 1, 2, 4, 6, 10, 99].map(rate)).toEqual([0.5, 1, 1, 0.75, 0.5, 0, 0]);
  expect(linearDecay({ learningRate: 2, steps: 4, final: 1 })(2)).toBe(1.5);
});

test("cosineDecay falls along half a cosine", () => {
  const rate = cosineDecay({ learningRate: 2, steps: 9, warmup: 1, final: 1 });
  const expected = Array.from({ length: 9 }, (_, t) => 1 + (1 + Math.cos((Math.PI * t) / 8)) / 2);
  expected.forEach((value, t) => {
    expect(Math.abs(rate(t + 1) - value)).toBeLessThan(1e-15);
  });
  expect(rate(0)).toBe(2);
  expect(rate(5)).toBe(1.5);
  expect(rate(100)).toBe(1);
});

test("a schedule holds nothing for its steps", () => {
  for (const schedule of [linearDecay, cosineDecay]) {
    expect(schedule({ learningRate: 1, steps: 1e12 })(5e11)).toBe(0.5);
  }
});

test("a run that is all warm-up ends in the final rate", () => {
  for (const schedule of [linearDecay, cosineDecay]) {
    const rate = schedule({ learningRate: 1, steps: 4, warmup: 4, final: 0.125 });
    expect([0, 1, 2, 3, 4].map(rate)).toEqual([0.25, 0.5, 0.75, 1, 0.125]);
  }
});

test("schedules refuse what cannot be a rate or a length", () => {
  expect(() => constantRate(0)).toThrow("constantRate: learningRate is 0: it must be");
  for (const schedule of [linearDecay, cosineDecay]) {
    const good = { learningRate: 1, steps: 4 };
    expect(() => schedule({ ...good, learningRate: Number.NaN })).toThrow(RangeError);
    expect(() => schedule({ ...good, steps: 0 })).toThrow(RangeError);
    expect(() => schedule({ ...good, steps: 1.5 })).toThrow(RangeError);
    expect(() => schedule({ ...good, warmup: 5 })).toThrow("warmup is 5");
    expect(() => schedule({ ...good, final: -1 })).toThrow("final is -1");
  }
});

test("the names of before are the same functions", () => {
  expect([core.constant, core.cosine]).toEqual([constantRate, cosineDecay]);
});
