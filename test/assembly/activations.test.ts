import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

const kernels = rawKernels();
const base = kernels.allocate(0);

for (const type of ["f32", "f64"] as const) {
  const array = type === "f32" ? Float32Array : Float64Array;
  const call = (name: string, ...args: number[]) => kernels.exports[`${name}_${type}`](...args);

  /** A kernel's output for an array, which starts as NaN. */
  function through(values: number[], run: (n: number, x: number, y: number) => void): number[] {
    kernels.release(base);
    const x = kernels.put(array.from(values));
    const y = kernels.put(new array(values.length + 1).fill(Number.NaN));
    run(values.length, x, y);
    const out = [...kernels[type](y, values.length + 1)];
    // One element further than the kernel may write.
    expect(out.pop()).toBeNaN();
    return out;
  }
  const values = Array.from({ length: 11 }, (_, i) => i - 5.25);

  test(`${type} elements do not depend on their position`, () => {
    for (const name of ["gelu", "relu"]) {
      const apply = (x: number[]) => through(x, (n, from, to) => call(name, n, from, to));
      expect(apply(values)).toEqual(values.map((value) => apply([value])[0]));
    }
    const gelu = (x: number[]) =>
      through(x, (n, from, to) => call("geluAdjoint", n, from, from, from, to));
    expect(gelu(values)).toEqual(values.map((value) => gelu([value])[0]));
    for (const name of ["reluAdjoint", "tanhAdjoint"]) {
      const apply = (x: number[]) => through(x, (n, from, to) => call(name, n, from, from, to));
      expect(apply(values)).toEqual(values.map((value) => apply([value])[0]));
    }
  });

  test(`gelu of ${type} is x far right and 0 far left, and keeps NaN`, () => {
    const ends = [40, -40, 0, Number.POSITIVE_INFINITY, Number.NaN];
    const [right, left, zero, infinite, nan] = through(ends, (n, x, y) => call("gelu", n, x, y));
    expect([right, left + 0, zero, infinite]).toEqual([40, 0, 0, Number.POSITIVE_INFINITY]);
    expect(nan).toBeNaN();
  });

  test(`softmax of ${type} rows sums to 1, ignores a shift and gives -infinity no weight`, () => {
    const eps = type === "f32" ? 2 ** -24 : 2 ** -53;
    for (let cols = 1; cols < 12; cols++) {
      const rows = [0, 1000].map((shift) => values.slice(0, cols).map((value) => value + shift));
      kernels.release(base);
      const x = kernels.put(array.from([...rows[0], ...rows[1]]));
      call("softmax", 2, cols, x);
      const y = [...kernels[type](x, 2 * cols)];
      const sum = y.slice(0, cols).reduce((total, value) => total + value, 0);
      expect(Math.abs(sum - 1) / eps < 8).toBe(true);
      expect(y.slice(cols)).toEqual(y.slice(0, cols));
    }
    const x = kernels.put(array.from([1, Number.NEGATIVE_INFINITY, 1]));
    call("softmax", 1, 3, x);
    expect([...kernels[type](x, 3)]).toEqual([0.5, 0, 0.5]);
  });

  test(`rows of ${type} are gathered, scattered and averaged exactly`, () => {
    kernels.release(base);
    const table = kernels.put(array.from(Array.from({ length: 15 }, (_, i) => i)));
    const index = kernels.put(Int32Array.of(2, 0, 2));
    const y = kernels.put(new array(15).fill(Number.NaN));
    call("gatherRows", 3, 5, table, index, y);
    const gathered = [10, 11, 12, 13, 14, 0, 1, 2, 3, 4, 10, 11, 12, 13, 14];
    expect([...kernels[type](y, 15)]).toEqual(gathered);
    call("addGatheredRows", 3, 5, table, index, y);
    expect([...kernels[type](y, 15)]).toEqual(gathered.map((value) => 2 * value));
    call("scatterRows", 3, 5, index, y, table);
    expect([...kernels[type](table, 15)]).toEqual([
      ...[0, 1, 2, 3, 4].map((v) => 3 * v),
      5,
      6,
      7,
      8,
      9,
      ...[10, 11, 12, 13, 14].map((v) => 5 * v),
    ]);
    const start = kernels.put(Int32Array.of(0, 1, 3));
    call("segmentMeans", 2, 5, start, table, y);
    expect([...kernels[type](y, 10)]).toEqual([0, 3, 6, 9, 12, 27.5, 30.5, 33.5, 36.5, 39.5]);
    call("segmentMeansAdjoint", 2, 5, start, y, table);
    expect([...kernels[type](table, 15)]).toEqual([
      ...[0, 3, 6, 9, 12],
      ...[13.75, 15.25, 16.75, 18.25, 19.75],
      ...[13.75, 15.25, 16.75, 18.25, 19.75],
    ]);
  });

  test(`crossEntropy of ${type} stays finite where the exponential would not`, () => {
    kernels.release(base);
    const x = kernels.put(array.from([5000, -5000, 0, 0]));
    const gradient = kernels.put(new array(4).fill(Number.NaN));
    const loss = call("crossEntropy", 2, 2, x, kernels.put(Int32Array.of(1, 0)), gradient);
    expect(loss).toBe(5000 + Math.LN2 / 2);
    expect([...kernels[type](gradient, 4)]).toEqual([0.5, -0.5, -0.25, 0.25]);
  });

  test(`dropout of ${type} keeps its share, scaled, and repeats itself piece by piece`, () => {
    kernels.release(base);
    const n = 4003;
    const x = kernels.put(new array(n).fill(3));
    const y = kernels.put(new array(n).fill(Number.NaN));
    call("dropout", n, 0.25, 5, 6, 7, 0, x, y);
    const whole = [...kernels[type](y, n)];
    expect([...new Set(whole)].sort()).toEqual([0, 4]);
    const dropped = whole.filter((value) => value === 0).length / n;
    // Four standard deviations.
    expect(Math.abs(dropped - 0.25) < 4 * Math.sqrt((0.25 * 0.75) / n)).toBe(true);
    const size = type === "f32" ? 4 : 8;
    call("dropout", 1000, 0.25, 5, 6, 7, 0, x, y);
    call("dropout", n - 1000, 0.25, 5, 6, 7, 1000, x + 1000 * size, y + 1000 * size);
    expect([...kernels[type](y, n)]).toEqual(whole);
    for (const other of [
      [4, 6, 7],
      [5, 5, 7],
      [5, 6, 6],
    ]) {
      call("dropout", n, 0.25, ...other, 0, x, y);
      const equal = whole.filter((value, i) => value === kernels[type](y, n)[i]).length / n;
      // Independent choices agree where both keep or both drop.
      expect(Math.abs(equal - 0.625) < 0.05).toBe(true);
    }
  });
}
