import { expect, test } from "vitest";
import { type Handle, Job, OutOfMemoryError, withSharedJob } from "../../src/wasm/index.js";

test("what is put into a job comes back, whatever its type and length", () => {
  const job = new Job();
  for (const length of [0, 1, 3, 1000]) {
    const doubles = Float64Array.from({ length }, (_, i) => i / 3);
    const singles = Float32Array.from(doubles);
    const indices = Int32Array.from({ length }, (_, i) => -i);
    const handles = [job.put(doubles), job.put(singles), job.put(indices)] as const;
    expect(job.read("f64", handles[0], length)).toEqual(doubles);
    expect(job.read("f32", handles[1], length)).toEqual(singles);
    expect(job.read("i32", handles[2], length)).toEqual(indices);
  }
});

test("blocks are aligned for vectors and do not overlap", () => {
  const job = new Job();
  const blocks = [1, 5, 2, 7].map((length) => ({ handle: job.allocate("f32", length), length }));
  blocks.forEach(({ handle }) => {
    expect((handle as number) % 16).toBe(0);
  });
  blocks.forEach(({ handle, length }, i) => {
    job.view("f32", handle, length).fill(i);
  });
  blocks.forEach(({ handle, length }, i) => {
    expect([...job.read("f32", handle, length)]).toEqual(new Array(length).fill(i));
  });
});

test("allocateZeros gives zeros where something else lay before", () => {
  const job = new Job();
  const mark = job.mark();
  job.put(new Float64Array(50).fill(7));
  job.release(mark);
  expect([...job.read("f64", job.allocateZeros("f64", 50), 50)]).toEqual(new Array(50).fill(0));
});

test("release gives memory back: the same block again and again needs no more of it", () => {
  const job = new Job();
  const once = () => {
    const mark = job.mark();
    job.allocate("f64", 100_000);
    job.release(mark);
  };
  once();
  const held = job.byteLength;
  for (let i = 0; i < 1000; i++) once();
  expect(job.byteLength).toBe(held);
});

test("jobs have memories of their own", () => {
  const [first, second] = [new Job(), new Job()];
  const a = first.put(Float64Array.of(1, 2, 3));
  const b = second.put(Float64Array.of(4, 5, 6));
  expect(a).toBe(b as Handle);
  expect([...first.read("f64", a, 3)]).toEqual([1, 2, 3]);
});

test("asking for more than there can be is an OutOfMemoryError that says how much", () => {
  const job = new Job();
  const small = job.put(Float64Array.of(1));
  for (const length of [2 ** 29, 2 ** 31, 2 ** 40]) {
    let error: unknown;
    try {
      job.allocate("f64", length);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect((error as OutOfMemoryError).requestedBytes).toBe(8 * length);
    expect((error as OutOfMemoryError).message).toContain(`${8 * length} bytes`);
  }
  // The job goes on as if nothing had been asked.
  expect([...job.read("f64", small, 1)]).toEqual([1]);
  expect([...job.read("f64", job.put(Float64Array.of(2)), 1)]).toEqual([2]);
});

test("the shared job is as empty after a call as before, also when the call throws", () => {
  const top = () => withSharedJob((job) => job.mark());
  const before = top();
  expect(() =>
    withSharedJob((job) => {
      job.allocate("f64", 1000);
      throw new Error("inside");
    }),
  ).toThrow("inside");
  expect(top()).toBe(before);
  withSharedJob((outer) => {
    const kept = outer.put(Float64Array.of(3));
    withSharedJob((inner) => inner.put(Float64Array.of(9)));
    expect([...outer.read("f64", kept, 1)]).toEqual([3]);
  });
  expect(top()).toBe(before);
});

test("a shared job that grew large is dropped after the call", () => {
  withSharedJob((job) => job.allocate("f64", 20 * 2 ** 20));
  expect(withSharedJob((job) => job.byteLength)).toBeLessThan(64 * 2 ** 20);
});
