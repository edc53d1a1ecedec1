import { expect, test } from "vitest";
import { linear } from "../../src/autograd/linear.js";
import { squaredError } from "../../src/autograd/losses.js";
import { gelu, layerNorm } from "../../src/autograd/operations.js";
import {
  constant,
  parameter,
  recompute,
  Tape,
  type Tensor,
  withTape,
} from "../../src/autograd/tape.js";
import { Block, Job } from "../../src/wasm/index.js";

const [rows, width, depth] = [6, 5, 4];

/** Numbers that repeat at no period that matters. */
const wave = (length: number, phase: number) =>
  Float64Array.from({ length }, (_, i) => ((i * 37 + phase * 11) % 19) / 10 - 0.9);

const matrix = (job: Job, rows: number, cols: number, data: Float64Array) =>
  Block.put(job, { dtype: "f64", rows, cols, data });

/** A chain of residual-free blocks; the first `frozen` are not trained. */
function network(frozen = 0) {
  const job = new Job();
  const put = (r: number, c: number, phase: number, trained: boolean) =>
    (trained ? parameter : constant)(matrix(job, r, c, wave(r * c, phase)));
  const weights = Array.from({ length: depth }, (_, i) => put(width, width, i, i >= frozen));
  const [scale, shift] = [put(1, width, 7, false), put(1, width, 8, false)];
  const x = put(rows, width, 5, false);
  const target = job.put(wave(rows * width, 6));
  const block = (weight: Tensor) => (tape: Tape, input: Tensor) =>
    layerNorm(tape, gelu(tape, linear(tape, input, { weight })), scale, shift, 1e-5);
  function step(useRecompute: boolean) {
    for (const { gradient } of weights) {
      gradient?.view().fill(0);
    }
    const tape = new Tape(job, "f64");
    let y = x;
    for (const weight of weights) {
      y = useRecompute
        ? recompute(tape, y, block(weight), weight.needsGradient)
        : block(weight)(tape, y);
    }
    const loss = squaredError(tape, y, target);
    tape.backward();
    tape.release();
    const gradients = weights.map(({ gradient }) => gradient && [...gradient.view()]);
    return { loss, gradients };
  }
  return { job, step };
}

test("recomputed activations give the same bits as kept ones", () => {
  const { step } = network();
  expect(step(true)).toEqual(step(false));
});

test("steps leave the stack where they found it and take no new memory", () => {
  const { job, step } = network();
  step(false);
  const [mark, bytes] = [job.mark(), job.byteLength];
  const first = step(false);
  for (let i = 0; i < 50; i++) step(i % 2 === 0);
  expect(step(false)).toEqual(first);
  expect([job.mark(), job.byteLength]).toEqual([mark, bytes]);
});

test("nothing before the first trained tensor gets a gradient", () => {
  const { step } = network(2);
  const { gradients } = step(false);
  expect(gradients.map((gradient) => gradient !== undefined)).toEqual([false, false, true, true]);
  expect(gradients.slice(2)).toEqual(network().step(false).gradients.slice(2));
});

test("a tape that does not record leaves no adjoints", () => {
  const job = new Job();
  const weight = parameter(matrix(job, 2, 2, Float64Array.of(1, 2, 3, 4)));
  const tape = new Tape(job, "f64", { recording: false });
  const y = linear(tape, constant(matrix(job, 1, 2, Float64Array.of(1, 1))), { weight });
  expect(y.needsGradient).toBe(false);
  tape.accumulate(y);
  tape.backward();
  expect([...weight.gradient!.view()]).toEqual([0, 0, 0, 0]);
});

test("recompute refuses a function that changes the shape", () => {
  const job = new Job();
  const weight = constant(Block.zeros(job, "f64", 3, 2));
  const x = constant(Block.zeros(job, "f64", 1, 2));
  const tape = new Tape(job, "f64");
  expect(() => recompute(tape, x, (inner, input) => linear(inner, input, { weight }))).toThrow(
    "recompute: y is 1 x 3: it must be 1 x 2",
  );
});

test("a tape is released whatever happens on it, in recomputed parts too", () => {
  const job = new Job();
  const x = constant(matrix(job, rows, width, wave(rows * width, 1)));
  const level = job.mark();
  const failing = (tape: Tape, input: Tensor): Tensor => {
    gelu(tape, input);
    throw new RangeError("here");
  };
  const passes: ((tape: Tape) => unknown)[] = [
    (tape) => failing(tape, x),
    (tape) => recompute(tape, x, failing),
    (tape) => recompute(tape, x, (inner) => inner.result(1, 1, [])),
    (tape) => {
      let calls = 0;
      const once = (inner: Tape, y: Tensor) => (calls++ ? failing(inner, y) : gelu(inner, y));
      squaredError(tape, recompute(tape, x, once), x.handle);
      tape.backward();
    },
  ];
  for (const pass of passes) {
    expect(() => withTape(job, "f64", pass)).toThrow(RangeError);
    expect(job.mark()).toBe(level);
  }
  expect(withTape(job, "f64", () => 5, { recording: false })).toBe(5);
});
