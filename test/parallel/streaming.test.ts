// Decompositions of blocks of rows on threads, as they are built.
import { expect, test } from "vitest";
import { Matrix, StreamingPca, StreamingSvd } from "../../dist/index.js";
import { streamingPcaParallel, streamingSvdParallel } from "../../dist/threads/index.js";
import { uniform } from "../helpers/random.js";

type Rows = InstanceType<typeof Matrix>;

const cols = 12;

/** Blocks of one to some thousand rows: who has a small one answers long before the others. */
function blocksOf(seed: number, dtype: "f32" | "f64"): Rows[] {
  const random = uniform(seed);
  return Array.from({ length: 7 }, (_, i) => {
    const rows = 1 + Math.floor(10 ** (2 + 2 * random()));
    return Matrix.randomNormal(rows, cols, { seed: 10 * seed + i, dtype });
  });
}

async function* later(blocks: Rows[]): AsyncGenerator<Rows> {
  for (const block of blocks)
    yield await new Promise<Rows>((resolve) => setTimeout(resolve, 1, block));
}

test.each([
  [1, "f64"],
  [2, "f32"],
  [3, "f64"],
] as const)(
  "any number of threads gives the bits of one stream: blocks %i in %s",
  async (seed, dtype) => {
    const blocks = blocksOf(seed, dtype);
    const pcaOptions = { cols, dtype, components: 5, scale: true };
    const svdOptions = { cols, dtype, rank: 2, seed };
    const [pcaStream, svdStream] = [new StreamingPca(pcaOptions), new StreamingSvd(svdOptions)];
    for (const block of blocks) {
      pcaStream.append(block);
      svdStream.append(block);
    }
    for (const threads of [1, 2, 4]) {
      const given = threads === 2 ? later(blocks) : blocks;
      const again = threads === 2 ? later(blocks) : blocks;
      const model = await streamingPcaParallel(given, { ...pcaOptions, threads });
      expect(model.toJSON()).toEqual(pcaStream.pca().toJSON());
      expect(await streamingSvdParallel(again, { ...svdOptions, threads })).toEqual(
        svdStream.svd(),
      );
    }
  },
);

test("what is wrong with blocks or options is said by name", async () => {
  const good = Matrix.randomNormal(20, cols, { seed: 1 });
  const bad = good.copy();
  bad.data[cols + 2] = Number.NaN;
  for (const [run, name] of [
    [streamingPcaParallel, "streamingPcaParallel"],
    [
      (blocks: never, options: object) =>
        streamingSvdParallel(blocks, { rank: 2, ...options } as never),
      "streamingSvdParallel",
    ],
  ] as const) {
    const fails = (blocks: unknown, options: object, message: string) =>
      expect(run(blocks as never, { cols, threads: 2, ...options })).rejects.toThrow(message);
    await fails([good, good, bad], {}, `${name}: block`);
    await fails([good, Matrix.zeros(2, cols + 1)], {}, `${name}: block is 2 x 13`);
    await fails([good, 3], {}, `${name}: block`);
    await fails([good.astype("f32")], {}, `${name}: block`);
    await fails(undefined, {}, `${name}: blocks is undefined: it must be an iterable of matrices`);
    await fails([good], { threads: 0 }, `${name}: threads is 0`);
    await fails([good], { sheds: 2 }, `${name}: there is no option "sheds"`);
    await fails([good], { cols: 0 }, "cols is 0");
    await fails([], {}, "rows");
  }
});

test("an error of the blocks' own comes through, and stops the threads", async () => {
  function* failing() {
    yield Matrix.zeros(3, cols);
    throw new Error("the disk is gone");
  }
  const run = streamingPcaParallel(failing(), { cols, threads: 2 });
  await expect(run).rejects.toThrow("the disk is gone");
});
