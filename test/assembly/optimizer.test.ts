import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

interface Case {
  name: "gd" | "momentum" | "adam" | "adamw";
  options: {
    lr: number;
    momentum?: number;
    nesterov?: boolean;
    weight_decay?: number;
    betas?: [number, number];
    eps?: number;
  };
  gradients: number[][];
  trajectory: number[][];
}

const fixture: { start: number[]; cases: Case[] } = JSON.parse(
  readFileSync(new URL("../fixtures/optimizer.json", import.meta.url), "utf8"),
);

/** The parameters after each step, when the fixture's gradients are replayed. */
function replay(type: "f32" | "f64", { name, options, gradients }: Case): number[][] {
  const { exports, put, ...memory } = rawKernels();
  const array = type === "f32" ? Float32Array : Float64Array;
  const n = fixture.start.length;
  const x = put(new array(fixture.start));
  const m = put(new array(n));
  const v = put(new array(n));
  const g = put(new array(n));
  const { lr, momentum = 0, nesterov = false, weight_decay: decay = 0 } = options;
  const { betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8 } = options;
  let [power1, power2] = [1, 1];
  return gradients.map((gradient) => {
    memory[type](g, n).set(gradient);
    if (name === "gd") {
      exports[`gdStep_${type}`](n, lr, decay, g, x);
    } else if (name === "momentum") {
      exports[`momentumStep_${type}`](n, lr, momentum, Number(nesterov), decay, g, v, x);
    } else {
      power1 *= beta1;
      power2 *= beta2;
      exports[`adamStep_${type}`](
        ...[n, lr, beta1, beta2, eps, 1 - power1, 1 - power2],
        ...[decay, Number(name === "adamw"), g, m, v, x],
      );
    }
    return Array.from(memory[type](x, n));
  });
}

const largestDifference = (a: number[][], b: number[][]) =>
  Math.max(...a.flatMap((row, t) => row.map((value, i) => Math.abs(value - b[t][i]))));

test.each(fixture.cases)("$name follows PyTorch with $options", (c) => {
  expect(c.trajectory).toHaveLength(12);
  expect(largestDifference(replay("f64", c), c.trajectory)).toBeLessThan(1e-14);
  expect(largestDifference(replay("f32", c), c.trajectory)).toBeLessThan(4e-6);
});

test("a step of no elements writes nothing", () => {
  const { exports, put, f64 } = rawKernels();
  const x = put(Float64Array.of(1, 2));
  exports.gdStep_f64(0, 1, 1, x, x);
  exports.momentumStep_f64(0, 1, 0.9, 0, 1, x, x, x);
  exports.adamStep_f64(0, 1, 0.9, 0.999, 1e-8, 0.1, 0.001, 1, 0, x, x, x, x);
  expect(Array.from(f64(x, 2))).toEqual([1, 2]);
});

test.each(["f32", "f64"] as const)("adamRowsStep is adamStep row by row, %s", (type) => {
  const [rows, k] = [3, 5];
  const array = type === "f32" ? Float32Array : Float64Array;
  const decays = [0, 0.5, 20];
  const numbers = (seed: number) =>
    array.from(Array.from({ length: rows * k }, (_, i) => ((i * 7 + seed) % 11) / 11));
  const scalars = [0.1, 0.9, 0.999, 1e-8, 0.19, 0.002];
  const { exports, put, ...memory } = rawKernels();
  const state = () => [numbers(1), numbers(2), numbers(3), numbers(4)].map(put);
  const together = state();
  exports[`adamRowsStep_${type}`](rows, k, ...scalars, put(array.from(decays)), ...together);
  const apart = state();
  decays.forEach((decay, i) => {
    const offset = i * k * array.BYTES_PER_ELEMENT;
    exports[`adamStep_${type}`](k, ...scalars, decay, 0, ...apart.map((p) => p + offset));
  });
  const read = (pointers: number[]) => pointers.map((p) => Array.from(memory[type](p, rows * k)));
  expect(read(together)).toEqual(read(apart));
});
