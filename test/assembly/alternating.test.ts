import fc from "fast-check";
import { expect, test } from "vitest";
import { Block, type Handle, Job, sampledKernels } from "../../src/wasm/index.js";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";

const recipe = fc.record({
  rows: fc.integer({ min: 0, max: 5 }),
  // 150 columns: rows of more slots than a chunk of the kernel takes.
  cols: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(150)),
  k: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(32, 64)),
  density: fc.constantFrom(0, 0.3, 1),
  weighted: fc.boolean(),
  seed: fc.nat(),
});

interface Recipe {
  rows: number;
  cols: number;
  k: number;
  density: number;
  weighted: boolean;
  seed: number;
}

/** A system per row, in plain numbers. */
function build({ rows, cols, k, density, weighted, seed }: Recipe) {
  const next = uniform(seed);
  const start = new Int32Array(rows + 1);
  const indices: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) if ((next() + 1) / 2 < density) indices.push(j);
    start[i + 1] = indices.length;
  }
  const Y = Float64Array.from({ length: cols * k }, next);
  const X = Float64Array.from({ length: rows * k }, next);
  const weights = weighted ? Float64Array.from(indices, () => 2 * next()) : undefined;
  const ridges = Float64Array.from({ length: rows }, () => 1.5 + next());
  const G = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      for (let j = 0; j < cols; j++) G[a * k + b] += (0.1 * Y[j * k + a] * Y[j * k + b]) / cols;
    }
  }
  return { rows, k, start, indices: Int32Array.from(indices), weights, ridges, G, Y, X };
}

type System = ReturnType<typeof build>;

function run(system: System, steps: number, dtype: "f32" | "f64"): Float64Array {
  return runUntil(system, steps, 0, dtype).X;
}

function runUntil(system: System, steps: number, tolerance: number, dtype: "f32" | "f64") {
  const job = new Job();
  const { rows, k, start, indices, weights, ridges, G, Y, X } = system;
  const put = (data: Float64Array) =>
    job.put(dtype === "f64" ? data : (Float32Array.from(data) as Float32Array));
  const x = new Block(job, dtype, rows, k, put(X));
  const kernels = job.use(sampledKernels)[dtype];
  const work = job.allocateBytes(kernels.conjugateGradientWorkspace(k));
  // biome-ignore format: the kernel's arguments belong in groups
  const left = kernels.conjugateGradientRows(
    rows, k, steps, tolerance, job.put(start), job.put(indices), weights ? put(weights) : (0 as Handle),
    put(G), put(ridges), put(Y), x.handle, work,
  );
  return { X: Float64Array.from(x.read()), left };
}

/** |A_i x - b_i| of every row. */
function residuals({ rows, k, start, indices, weights, ridges, G, Y }: System, X: Float64Array) {
  const norms: number[] = [];
  for (let i = 0; i < rows; i++) {
    const x = X.subarray(i * k, (i + 1) * k);
    const left = Float64Array.from(x, (value) => ridges[i] * value);
    const right = new Float64Array(k);
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) left[a] += G[a * k + b] * x[b];
    for (let p = start[i]; p < start[i + 1]; p++) {
      const y = Y.subarray(indices[p] * k, (indices[p] + 1) * k);
      const weight = weights?.[p] ?? 1;
      const product = y.reduce((sum, value, c) => sum + value * x[c], 0);
      for (let c = 0; c < k; c++) {
        left[c] += Math.abs(weight) * product * y[c];
        right[c] += Math.max(weight, 0) * y[c];
      }
    }
    norms.push(Math.hypot(...left.map((value, c) => value - right[c])));
  }
  return norms;
}

/** The largest of them, each over that of the start. */
function reduction(system: System, X: Float64Array): number {
  const before = residuals(system, system.X);
  return residuals(system, X).reduce((most, norm, i) => Math.max(most, norm / before[i]), 0);
}

test("conjugate gradients solve the system of every row, which many steps do to rounding", () => {
  fc.assert(
    fc.property(recipe, (drawn) => {
      const system = build(drawn);
      const steps = 3 * system.k + 5;
      expectBelow(1e-9, { f64: reduction(system, run(system, steps, "f64")) }, drawn);
      expectBelow(1e-4, { f32: reduction(system, run(system, steps, "f32")) }, drawn);
    }),
  );
});

test("each step lowers the error in the norm of the system, and none changes nothing", () => {
  fc.assert(
    fc.property(recipe, (drawn) => {
      const system = build(drawn);
      expect(run(system, 0, "f64")).toEqual(system.X);
      const solution = run(system, 3 * system.k + 5, "f64");
      const { rows, k, start, indices, weights, ridges, G, Y } = system;
      const energy = (X: Float64Array) => {
        let sum = 0;
        for (let i = 0; i < rows; i++) {
          const e = Float64Array.from({ length: k }, (_, c) => X[i * k + c] - solution[i * k + c]);
          for (let a = 0; a < k; a++) {
            sum += ridges[i] * e[a] * e[a];
            for (let b = 0; b < k; b++) sum += e[a] * G[a * k + b] * e[b];
          }
          for (let p = start[i]; p < start[i + 1]; p++) {
            const product = e.reduce((s, value, c) => s + value * Y[indices[p] * k + c], 0);
            sum += Math.abs(weights?.[p] ?? 1) * product * product;
          }
        }
        return sum;
      };
      const energies = [0, 1, 2, 3].map((steps) => energy(run(system, steps, "f64")));
      for (let s = 1; s < energies.length; s++) {
        expect(energies[s]).toBeLessThanOrEqual(energies[s - 1] * (1 + 1e-12) + 1e-20);
      }
    }),
  );
});

test("steps end at the tolerance, and rows that have not come to it are counted", () => {
  fc.assert(
    fc.property(recipe, fc.constantFrom(1e-1, 1e-4, 1e-7), (drawn, tolerance) => {
      const system = build(drawn);
      const many = runUntil(system, 3 * system.k + 5, tolerance, "f64");
      expect(many.left).toBe(0);
      expectBelow(1.001 * tolerance, { f64: reduction(system, many.X) }, drawn);
      const before = residuals(system, system.X);
      const few = runUntil(system, 1, tolerance, "f64");
      const above = residuals(system, few.X).filter((norm, i) => norm > tolerance * before[i]);
      expect(few.left).toBe(above.length);
    }),
  );
});

test("a row's bits do not depend on the rows beside it", () => {
  fc.assert(
    fc.property(recipe, (drawn) => {
      const system = build(drawn);
      const { rows, k, start, ridges, X } = system;
      const together = run(system, 3, "f32");
      for (let i = 0; i < rows; i++) {
        const alone = run(
          {
            ...system,
            rows: 1,
            start: start.slice(i, i + 2),
            ridges: ridges.slice(i, i + 1),
            X: X.slice(i * k, (i + 1) * k),
          },
          3,
          "f32",
        );
        expect(alone).toEqual(together.slice(i * k, (i + 1) * k));
      }
    }),
  );
});
