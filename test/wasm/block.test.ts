import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix, matmul } from "../../src/index.js";
import { Block, Job, product } from "../../src/wasm/index.js";
import { build } from "../helpers/matrices.js";

const size = fc.integer({ min: 1, max: 9 });
const type = fc.constantFrom("f32" as const, "f64" as const);

test("a product of blocks has the bits of matmul, transposed, scaled, added, and in parts", () => {
  fc.assert(
    fc.property(
      ...[size, size, size, fc.boolean(), fc.boolean(), type, size],
      (m, n, k, transposeA, transposeB, dtype, margin) => {
        const job = new Job();
        const A = build({
          rows: transposeA ? k : m,
          cols: transposeA ? m : k,
          kind: "random",
          dtype,
          seed: 1,
        });
        const B = build({
          rows: transposeB ? n : k,
          cols: transposeB ? k : n,
          kind: "random",
          dtype,
          seed: 2,
        });
        const [a, b] = [Block.put(job, A), Block.put(job, B)];
        const expected = matmul(A, B, { transposeA, transposeB });
        const frame = Block.zeros(job, dtype, m + margin, n + margin);
        const to = frame.part(1, margin - 1, m, n);
        const expectThere = () => {
          const whole = new Matrix(frame.rows, frame.cols, frame.read());
          for (let i = 0; i < whole.rows; i++) {
            for (let j = 0; j < whole.cols; j++) {
              const [row, col] = [i - 1, j - margin + 1];
              const inside = row >= 0 && row < m && col >= 0 && col < n;
              expect(whole.get(i, j)).toBe(inside ? expected.get(row, col) : 0);
            }
          }
        };
        product(a, b, { to, transposeA, transposeB });
        expectThere();
        // Half of it and half of it: exact.
        product(a, b, { to, transposeA, transposeB, scale: 0.5 });
        product(a, b, { to, transposeA, transposeB, scale: 0.5, add: true });
        expectThere();
      },
    ),
  );
});

test("a part of a part is counted from the block", () => {
  const job = new Job();
  const A = Matrix.from([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);
  const corner = Block.put(job, A).part(1, 0, 2, 3).part(1, 1, 1, 2);
  const identity = Block.put(job, Matrix.identity(2, 2));
  const copied = Block.allocate(job, "f64", 1, 2);
  product(corner, identity, { to: copied });
  expect([...copied.read()]).toEqual([8, 9]);
});

test("a part is copied, padded, transposed and emptied on one side, and nothing around it changes", () => {
  fc.assert(
    fc.property(size, size, size, type, (rows, cols, margin, dtype) => {
      const job = new Job();
      const kind = "random";
      const whole = build({ rows: rows + 2, cols: cols + margin + 1, kind, dtype, seed: 3 });
      const partOf = (block: Block) => block.part(1, margin, rows, cols);
      const A = partOf(Block.put(job, whole));
      const entry = (i: number, j: number) => whole.get(i + 1, j + margin);

      const copied = Block.allocate(job, dtype, rows, cols + margin);
      copied.view().fill(Number.NaN);
      A.copyTo(copied);
      const transposed = A.transposed();
      for (let i = 0; i < rows; i++) {
        const padded = Array.from({ length: cols + margin }, (_, j) =>
          j < cols ? entry(i, j) : 0,
        );
        expect([...copied.lines(i).read()]).toEqual(padded);
        for (let j = 0; j < cols; j++) expect(transposed.lines(j).read()[i]).toBe(entry(i, j));
      }
      expect([...copied.columns(cols, margin).transposed().read()]).toEqual(
        Array.from({ length: margin * rows }, () => 0),
      );

      for (const side of ["zeroBelow", "zeroAbove"] as const) {
        const block = Block.put(job, whole);
        partOf(block)[side]();
        const after = new Matrix(whole.rows, whole.cols, block.read());
        for (let i = 0; i < whole.rows; i++) {
          for (let j = 0; j < whole.cols; j++) {
            const [row, col] = [i - 1, j - margin];
            const inside = row >= 0 && row < rows && col >= 0 && col < cols;
            const zero = inside && (side === "zeroBelow" ? col < row : col > row);
            expect(after.get(i, j)).toBe(zero ? 0 : whole.get(i, j));
          }
        }
      }
    }),
  );
});

test("a block knows whether it is finite, and its squares", () => {
  const job = new Job();
  const A = Block.put(job, Matrix.from([[3, 4]]));
  expect([A.isFinite(), A.sumOfSquares()]).toEqual([true, 25]);
  A.view()[1] = Number.NaN;
  expect(A.isFinite()).toBe(false);
});
