// Encoders on several threads, as they are built: the workers are a file of the package.
import { expect, test } from "vitest";
import { Finetuning, Lora, loadEncoder, useAdapter, useOwnHead } from "../../dist/lora/index.js";
import { ParallelEncoder } from "../../dist/lora/threads.js";
import { tinyModel } from "../helpers/text-models.js";

const words = ["abc", "de fgh", "ij klm nop", "q", "rst uvw xyz ab c d e f g"];
const texts = Array.from({ length: 23 }, (_, i) => ({
  text: words[(i * i) % 5],
  pair: words[(i * 3 + 1) % 5],
}));
const files = tinyModel();
const single = texts.map(({ text }) => text);

test("embed gives the bits of one thread, whatever the threads and the size of batches", async () => {
  for (const weightStorage of ["full", "int8"] as const) {
    const model = loadEncoder(files, { weightStorage });
    const expected = model.embed(single);
    const pairs = model.embed(texts, { normalize: false, batchSize: 3, prompt: "abc " });
    for (const threads of [1, 2, 3]) {
      const encoder = await ParallelEncoder.create(model, { threads });
      expect(encoder.threads).toBe(threads);
      // Overlapping calls come each in their turn.
      const [found, others] = await Promise.all([
        encoder.embed(single),
        encoder.embed(texts, { normalize: false, batchSize: 4, prompt: "abc " }),
      ]);
      expect(found.data).toEqual(expected.data);
      expect(others.data).toEqual(pairs.data);
      expect((await encoder.embed([])).rows).toBe(0);
      expect((await encoder.embed("abc")).data).toEqual(model.embed("abc").data);
      await encoder.terminate();
    }
  }
});

test("predict judges by an adapter, and embed embeds with it", async () => {
  const task = { kind: "classification", labels: ["no", "yes"] } as const;
  const method = new Lora({ rank: 2, seed: 1 });
  const examples = texts.map((text, i) => ({ ...text, label: i % 2 }));
  const options = { method, task, steps: 4, learningRate: 0.05 };
  const run = new Finetuning(loadEncoder(files), examples, options);
  while (run.stepCount < 4) run.step();
  const adapter = run.adapter();

  const model = loadEncoder(files);
  const plain = model.embed(single);
  const expected = useAdapter(model, adapter, 9).predict(texts, 5);
  const vectors = model.embed(single);
  expect(vectors.data).not.toEqual(plain.data);
  const encoder = await ParallelEncoder.create(loadEncoder(files), {
    ...{ threads: 3, adapter, maxTokens: 9 },
  });
  expect((await encoder.predict(texts, 2)).data).toEqual(expected.data);
  expect((await encoder.embed(single)).data).toEqual(vectors.data);
  await encoder.terminate();
});

test("what the caller did wrong rejects as on one thread, and the threads go on", async () => {
  const model = loadEncoder(files);
  const encoder = await ParallelEncoder.create(model, { threads: 2 });
  const thrown = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("it must throw");
  };
  const rejected = (call: Promise<unknown>) =>
    call.then(
      () => "nothing",
      (error: Error) => error.message,
    );
  const bad = { promptName: "none" };
  expect(await rejected(encoder.embed(single, bad))).toBe(thrown(() => model.embed(single, bad)));
  const nonsense = [3] as never;
  expect(await rejected(encoder.embed(nonsense))).toBe(thrown(() => model.embed(nonsense)));
  const noTexts = [{ text: "abc", label: 1, pair: 2 }] as never;
  expect(await rejected(encoder.predict(noTexts))).toBe(
    thrown(() => useOwnHead(loadEncoder(files)).predict(noTexts)),
  );
  // Without an adapter by the model's own head.
  const judged = await encoder.predict(texts, 2);
  expect(judged.data).toEqual(useOwnHead(loadEncoder(files)).predict(texts).data);
  expect((await encoder.embed(single)).data).toEqual(model.embed(single).data);
  await encoder.terminate();
  expect(await rejected(encoder.embed(single))).toBe("ParallelEncoder: it was terminated");
});

test.each([0, 65, 1.5, "2"])("%s threads are refused by name", async (threads) => {
  await expect(
    ParallelEncoder.create(loadEncoder(files), { threads: threads as number }),
  ).rejects.toThrow(/ParallelEncoder: threads is/);
});
