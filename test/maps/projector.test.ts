import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ProjectorOptions, projector } from "../../src/bounds.js";
import { projectorKinds } from "../../src/maps/projector.js";
import { uniform } from "../helpers/random.js";

const vector = (length: number, seed: number) => {
  const next = uniform(seed);
  return Float64Array.from({ length }, next);
};
const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
  Array.from(x).reduce((sum, value, i) => sum + value * y[i], 0);
const norm = (x: ArrayLike<number>) => Math.sqrt(dot(x, x));

/** Sizes that leave something over, and sizes that do not. */
const recipe = fc
  .record({
    kind: fc.constantFrom(...projectorKinds),
    size: fc.integer({ min: 1, max: 700 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.nat(),
  })
  .map(({ kind, size, share, seed }): ProjectorOptions => {
    const wanted = Math.max(1, Math.round(share * size));
    const square = Math.floor(Math.sqrt(wanted)) ** 2;
    const dimension = kind === "identity" ? size : kind.endsWith("kronecker") ? square : wanted;
    const film = kind.startsWith("film");
    const middle = Math.floor(size / 2);
    const ranges = [[0, Math.floor(size / 3)] as const, [middle, size] as const];
    return { kind, size, dimension, seed, ...(film ? { ranges } : {}) };
  });

test("<P v, g> = <v, P'g> for every kind and size (A1)", () => {
  fc.assert(
    fc.property(recipe, fc.nat(), (options, seed) => {
      const P = projector(options);
      const [v, g] = [vector(P.dimension, seed), vector(P.size, seed + 1)];
      const [Pv, Pg] = [P.apply(v), P.adjoint(g)];
      expect([Pv.length, Pg.length]).toEqual([P.size, P.dimension]);
      const scale = norm(Pv) * norm(g) + norm(v) * norm(Pg) + 1e-300;
      expect(Math.abs(dot(Pv, g) - dot(v, Pg)) / scale).toBeLessThan(1e-13);
    }),
  );
});

test("the Kronecker map keeps lengths where the dimension is a square (A1)", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(),
      (size, root, seed) => {
        const dimension = Math.min(root, Math.floor(Math.sqrt(size))) ** 2;
        const v = vector(dimension, seed);
        const Pv = projector({ size, dimension, seed }).apply(v);
        expect(Math.abs(norm(Pv) / norm(v) - 1)).toBeLessThan(1e-12);
      },
    ),
  );
});

describe.each(["dense", "sparse", "fastfood", "kronecker"] as const)("%s", (kind) => {
  test("has columns of length 1 in the mean, nearly orthogonal", () => {
    const [size, dimension] = [4000, 110];
    const P = projector({ kind, size, dimension, seed: 3 });
    const lengths: number[] = [];
    for (let seed = 0; seed < 30; seed++) {
      const v = vector(dimension, seed);
      lengths.push((norm(P.apply(v)) / norm(v)) ** 2);
    }
    const mean = lengths.reduce((sum, x) => sum + x, 0) / lengths.length;
    expect(Math.abs(mean - 1)).toBeLessThan(0.05);
    for (const length of lengths) expect(Math.abs(length - 1)).toBeLessThan(0.25);
  });
});

test("the dense map is the matrix of normal numbers that it says", () => {
  const P = projector({ kind: "dense", size: 40_000, dimension: 5, seed: 9 });
  const columns = Array.from({ length: 5 }, (_, j) => {
    const unit = new Float64Array(5);
    unit[j] = Math.sqrt(40_000);
    return P.apply(unit);
  });
  for (const column of columns) {
    expect(Math.abs(dot(column, column) / 40_000 - 1)).toBeLessThan(0.05);
    const fourth = Array.from(column).reduce((sum, x) => sum + x ** 4, 0) / 40_000;
    expect(Math.abs(fourth - 3)).toBeLessThan(0.3);
  }
  expect(Math.abs(dot(columns[0], columns[1])) / 40_000).toBeLessThan(0.03);
});

test("the sparse map has one entry in sqrt(size), of one size", () => {
  const P = projector({ kind: "sparse", size: 2500, dimension: 40, seed: 4 });
  let count = 0;
  for (let j = 0; j < 40; j++) {
    const unit = new Float64Array(40);
    unit[j] = 1;
    for (const entry of P.apply(unit)) {
      if (entry === 0) continue;
      count++;
      expect(Math.abs(Math.abs(entry) - 2500 ** -0.25)).toBeLessThan(1e-15);
    }
  }
  // 2,000 in the mean, with a deviation of 44.
  expect(Math.abs(count - 2000)).toBeLessThan(220);
});

test("film moves the parameters of its ranges only", () => {
  const ranges = [[5, 9] as const, [12, 20] as const];
  const moved = projector({ kind: "film", size: 30, dimension: 4, seed: 1, ranges }).apply(
    vector(4, 1),
  );
  const places = [...moved.keys()].filter((i) => moved[i] !== 0);
  expect(places).toEqual([5, 6, 7, 8, 12, 13, 14, 15, 16, 17, 18, 19]);
});

test("another seed is another map, and f32 is f64 rounded", () => {
  for (const kind of projectorKinds) {
    if (kind === "identity") continue;
    const options = { kind, size: 300, dimension: 16 };
    const ranges = kind.startsWith("film") ? { ranges: [[0, 300] as const] } : {};
    const v = vector(16, 1);
    const [first, second] = [1, 2].map((seed) => projector({ ...options, ...ranges, seed }));
    expect(first.apply(v)).not.toEqual(second.apply(v));
    expect(first.apply(v)).toEqual(projector({ ...options, ...ranges, seed: 1 }).apply(v));
    const [wide, narrow] = [first.apply(v), first.apply(Float32Array.from(v))];
    expect(narrow).toBeInstanceOf(Float32Array);
    for (const [i, value] of wide.entries()) {
      expect(Math.abs(value - narrow[i])).toBeLessThan(3e-6 * norm(wide));
    }
  }
});

test("the bytes of every map are those of all machines (A1)", () => {
  const hash = createHash("sha256");
  for (const kind of projectorKinds) {
    const [size, dimension] = kind === "identity" ? [40, 40] : [3610, 400];
    const ranges = kind.startsWith("film") ? { ranges: [[100, 500] as const] } : {};
    const P = projector({ kind, size, dimension, seed: 137, ...ranges });
    const w = Float64Array.from({ length: dimension }, (_, i) => (i % 7) - 3);
    for (const values of [P.apply(w), P.apply(Float32Array.from(w))]) {
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  }
  expect(hash.digest("hex").slice(0, 16)).toBe("48b29f32b9f7afe1");
});

test("what cannot be is named", () => {
  const right = { size: 100, dimension: 9, seed: 1 };
  const refused = (change: object) => () => projector({ ...right, ...change } as never);
  expect(refused({ dimension: 101 })).toThrow(
    "projector: dimension is 101 and size is 100: it must not be larger",
  );
  expect(refused({ dimension: 12 })).toThrow(
    "projector: size is 100 and dimension is 12: dimension must be a square, such as 9",
  );
  expect(refused({ kind: "identity" })).toThrow('of "identity" they must be equal');
  expect(refused({ kind: "film" })).toThrow('projector: ranges of kind "film" is undefined');
  expect(refused({ ranges: [] })).toThrow('projector: ranges of kind "kronecker" is Array');
  expect(
    refused({
      kind: "film",
      ranges: [
        [0, 5],
        [4, 9],
      ],
    }),
  ).toThrow("ranges[1][0] is 4");
  expect(refused({ kind: "film", ranges: [[0, 101]] })).toThrow("ranges end at 101");
  expect(refused({ kind: "bogus" })).toThrow('projector: kind is "bogus"');
  const P = projector(right);
  expect(() => P.apply(new Float64Array(8))).toThrow("apply: w has 8 entries: it must have 9");
  expect(() => P.apply(new Float64Array(9).fill(Number.NaN))).toThrow("apply: w[0] is NaN");
  expect(() => P.adjoint([1] as never)).toThrow("adjoint: g is Array: it must be a Float32Array");
});
