// Fits on several threads, as they are built: the threads' program is a file of the package.
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { completeMatrix, MatrixCompletion, rankMatrix } from "../../dist/index.js";
import {
  completeMatrixParallel,
  fitCompletionParallel,
  fitRankingParallel,
  rankMatrixParallel,
  recommendAllParallel,
} from "../../dist/threads/index.js";
import { shuffled } from "../helpers/random.js";
import { buildRatings, pickEntries } from "../helpers/ratings.js";

// Three blocks of rows: the third of four threads is left without.
const { observed } = buildRatings({
  ...{ rows: 500, cols: 200, rank: 3, observed: 0.45, noise: 0.5, seed: 4 },
});
const quick = { steps: 14, rank: 6, ranking: false };
/** So many, though there is hardly work for one. */
const onThreads = (threads: number) => ({ threads, entriesPerThread: 1 });
const clicks = { rowIds: observed.rowIds, colIds: observed.colIds };
const fewClicks = { rank: 8, validationFraction: 0.05 };

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const shared = globalThis.SharedArrayBuffer;
afterEach(() => {
  globalThis.SharedArrayBuffer = shared;
});
/** As in a page that may not share memory: threads meet by messages. */
const withoutSharedMemory = () => {
  Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
};

test("1, 2 and 4 threads, shuffled observations and messages give the bytes of completeMatrix", async () => {
  const bytes = completeMatrix(observed, quick).save();
  for (const threads of [1, 2, 4]) {
    const order = shuffled(observed.values.length, threads);
    const model = await completeMatrixParallel(pickEntries(observed, order), {
      ...quick,
      ...onThreads(threads),
    });
    expect(model.save()).toEqual(bytes);
  }
  withoutSharedMemory();
  const model = await completeMatrixParallel(observed, { ...quick, ...onThreads(2) });
  expect(model.save()).toEqual(bytes);
});

test("1, 2 and 4 threads, and messages, give the bytes of rankMatrix", async () => {
  const bytes = rankMatrix(clicks, fewClicks).save();
  for (const threads of [1, 2, 4]) {
    const model = await rankMatrixParallel(clicks, { ...fewClicks, ...onThreads(threads) });
    expect(model.save()).toEqual(bytes);
  }
  withoutSharedMemory();
  const model = await rankMatrixParallel(clicks, { ...fewClicks, ...onThreads(2) });
  expect(model.save()).toEqual(bytes);
});

describe("recommendAllParallel", () => {
  const models = {
    completion: completeMatrix(observed, quick),
    ranking: rankMatrix(clicks, fewClicks),
  };

  test.each(["completion", "ranking"] as const)(
    "makes the lists of recommendAll: %s",
    async (kind) => {
      const model = models[kind];
      // Two batches for three threads.
      const options = { exclude: ["c1"], rows: model.rowIds.slice(0, 300).reverse() };
      const lists = (threads: number) =>
        collected(
          model instanceof MatrixCompletion
            ? recommendAllParallel(model, 3, { ...options, threads })
            : recommendAllParallel(model, 3, { ...options, threads }),
        );
      const alone = [...model.recommendAll(3, options)];
      expect(alone).toHaveLength(300);
      for (const threads of [1, 2, 3]) expect(await lists(threads)).toEqual(alone);
    },
  );

  test("who leaves the loop is left alone, though threads are at work", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    onTestFinished(() => {
      process.off("unhandledRejection", note);
    });
    const { ranking } = models;
    // More rows than two threads make lists for at once.
    const rows = Array.from({ length: 600 }, (_, i) => ranking.rowIds[i % ranking.rows]);
    for await (const { id } of recommendAllParallel(ranking, 1, { rows, threads: 2 })) {
      expect(id).toBe(rows[0]);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(unhandled).toEqual([]);
  });

  test("says what is wrong with what it is given", async () => {
    const { ranking } = models;
    const first = (options: object, model = ranking, n = 1) =>
      recommendAllParallel(model, n, options).next();
    await expect(first({ rows: ["nobody"] })).rejects.toThrow('row "nobody" is unknown');
    await expect(first({ by: "rating" })).rejects.toThrow('there is no option "by"');
    await expect(first({ threads: 0 })).rejects.toThrow("threads is 0");
    await expect(first({}, ranking, -1)).rejects.toThrow("n is -1");
    await expect(first({}, {} as never)).rejects.toThrow(
      "model is Object: it must be a MatrixRanking or a MatrixCompletion",
    );
    expect(await collected(recommendAllParallel(ranking, 1, { rows: [] }))).toEqual([]);
  });
});

test("Adam, weights and gross errors give the same bytes, too", async () => {
  const small = buildRatings({
    ...{ rows: 40, cols: 30, rank: 2, observed: 0.4, noise: 0.3, seed: 1 },
  }).observed;
  const adam = { steps: 10, rank: 4, solver: "adam", ranking: false } as const;
  const two = onThreads(2);
  const onTwo = await completeMatrixParallel(small, { ...adam, ...two });
  expect(onTwo.save()).toEqual(completeMatrix(small, adam).save());
  const wrong = { ...observed, values: observed.values.map((v, i) => (i % 997 ? v : 400)) };
  const robust = await completeMatrixParallel(wrong, { ...quick, ...two });
  expect(robust.outliers.length).toBeGreaterThan(0);
  expect(robust.save()).toEqual(completeMatrix(wrong, quick).save());
  const plays = { ...clicks, weights: observed.values.map((v) => 1 + Math.abs(v)) };
  const ranked = await rankMatrixParallel(plays, { ...fewClicks, ...two });
  expect(ranked.save()).toEqual(rankMatrix(plays, fewClicks).save());
});

describe("iterators", () => {
  test("tell the progress of the fit, turn by turn", async () => {
    const phases: string[] = [];
    const run = fitCompletionParallel(observed, { ...quick, ...onThreads(2) });
    let next = await run.next();
    for (let step = 0; !next.done; next = await run.next(), step++) {
      expect(next.value.step).toBe(step);
      if (phases.at(-1) !== next.value.phase) phases.push(next.value.phase);
    }
    expect(phases).toEqual(["biases", "search", "refit"]);
    expect(next.value.save()).toEqual(completeMatrix(observed, quick).save());
  });

  test("stop their threads where the loop is left", async () => {
    let turns = 0;
    for await (const _ of fitRankingParallel(clicks, { ...fewClicks, ...onThreads(2) })) {
      turns++;
      break;
    }
    expect(turns).toBe(1);
  });
});

describe("what is wrong", () => {
  const nowhere = new URL("nowhere.js", import.meta.url);
  test.each([
    [{ threads: 0 }, RangeError, "threads is 0: it must be an integer in 1 .. 64"],
    [{ threads: 2.5 }, RangeError, "threads is 2.5"],
    [{ entriesPerThread: 0 }, RangeError, "entriesPerThread is 0: it must be an integer >= 1"],
    [{ thread: 2 }, TypeError, 'there is no option "thread": did you mean threads?'],
    [{ rank: 1000 }, RangeError, "rank is 1000 and the matrix is 500 x 200"],
    [{ workerUrl: "http://[" }, TypeError, 'workerUrl is "http://["'],
  ])("is said in the function's name: %o", async (options, kind, message) => {
    const fit = completeMatrixParallel(observed, options);
    await expect(fit).rejects.toBeInstanceOf(kind);
    await expect(fit).rejects.toThrow(`completeMatrixParallel: ${message}`);
  });

  test("in the data is said as completeMatrix says it", async () => {
    const twice = { rowIds: ["a", "a"], colIds: ["x", "x"], values: [1, 2] };
    const wrong = [
      [{ ...twice, values: [1, Number.NaN] }, {}, "values[1] is NaN"],
      [twice, { duplicates: "error" }, 'row "a" and column "x" have 2 values'],
      [{ rowIds: [], colIds: [], values: [] }, {}, "there are no observations"],
      [{ ...twice, rowIds: ["a", {} as never] }, {}, "rowIds[1] is of type object"],
      [{ ...twice, rowIds: ["a", (() => 1) as never] }, {}, "the data cannot be sent to a thread"],
    ] as const;
    for (const [columns, options, message] of wrong) {
      await expect(
        completeMatrixParallel(columns, { ...options, ...onThreads(2) }),
      ).rejects.toThrow(`completeMatrixParallel: ${message}`);
    }
    const unlike = { ...clicks, weights: [1] };
    await expect(rankMatrixParallel(unlike)).rejects.toThrow("rankMatrixParallel: ");
  });

  test("with a thread ends the fit: TerminatedError", async () => {
    const fit = completeMatrixParallel(observed, { ...onThreads(2), workerUrl: nowhere });
    await expect(fit).rejects.toMatchObject({ name: "TerminatedError" });
    await expect(fit).rejects.toThrow(/completeMatrixParallel: a worker stopped: .*nowhere/);
  });
});
