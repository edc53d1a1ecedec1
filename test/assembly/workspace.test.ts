import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

const { exports } = rawKernels();
const names = Object.keys(exports).filter((name) => /(Workspace|packedBytes)_f(32|64)$/.test(name));

test.each(names)("%s tells sizes beyond 4 GiB as they are", (name) => {
  const bytes = exports[name];
  const grows = bytes(2 ** 20, 2 ** 20) > bytes(1, 1);
  for (let size = 1; size <= 2 ** 30; size *= 2) {
    for (const [m, n] of [
      [size, 1],
      [1, size],
      [size, size],
    ]) {
      const once = bytes(m, n);
      expect(once).toBeGreaterThanOrEqual(0);
      // What grows with a size at all grows without end.
      expect(bytes(2 * m, 2 * n)).toBeGreaterThanOrEqual(once);
      if (grows && once >= 2 ** 20) expect(bytes(2 * m, 2 * n)).toBeGreaterThan(1.9 * once);
    }
  }
});

test("there are functions that tell sizes", () => {
  expect(names.length).toBeGreaterThan(8);
});
