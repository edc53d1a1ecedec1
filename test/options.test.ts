// Every public function and constructor that takes options, or data by name: names that it does not
// know are refused, undefined is as good as left out, and each is read once.
import { expect, test } from "vitest";
import { settingNames } from "../src/check/foreign-names.js";
import { nearest } from "../src/check/options.js";
import * as core from "../src/index.js";
import { rows } from "./helpers/option-table.js";

type Fields = Record<string, unknown>;
const A = core.Matrix.from([
  [2, 1, 0],
  [1, 3, 1],
  [0, 1, 4],
]);

const table = rows.map((one, i) => ({ ...one, title: `${i} ${one.name} (${one.what})` }));
const failure = async (call: () => unknown): Promise<unknown> => {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
};
const messageOf = async (call: () => unknown) => ((await failure(call)) as Error)?.message ?? "";

test("map may call a function without options, whose further arguments are ignored", () => {
  const definite = core.Matrix.from([
    [4, 0],
    [0, 9],
  ]);
  expect([definite].map(core.cholesky)[0].toArray()).toEqual([
    [2, 0],
    [0, 3],
  ]);
  expect([definite].map(core.det)).toEqual([36]);
  // The place of the first matrix, 0, would be taken for no options.
  expect(() => [definite].map(core.svd as never)).toThrow(
    "svd: options is 0: it must be an object",
  );
});

test("there are functions to try", () => {
  expect(rows.length).toBeGreaterThan(60);
});

test.each(table)(
  "$title refuses a name that it does not know and tells those it knows",
  async ({ name, call, all, what }) => {
    const thing = what === "options" ? "option" : `field of ${what}`;
    const error = await failure(() => call({ ...all, qqq: 1 } as never));
    expect(error).toBeInstanceOf(TypeError);
    const { message } = error as Error;
    const start = `${name}: there is no ${thing} "qqq": there `;
    expect(message.slice(0, start.length)).toBe(start);
    const known = message.slice(start.length).replace(/^(are|is) (none)?/, "");
    expect(known.split(", ").filter(Boolean).sort()).toEqual(Object.keys(all).sort());
  },
);

test.each(table)("$title knows what was meant by another spelling", async ({ call, all }) => {
  for (const option of Object.keys(all)) {
    const snake = option.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
    const swapped = option[1] + option[0] + option.slice(2);
    const spellings = [snake, option.toUpperCase(), swapped, option.slice(0, -1)];
    for (const spelling of spellings) {
      // Of two options whose names are as near, either may be meant.
      if (spelling in all || nearest(spelling, Object.keys(all), settingNames) !== option) continue;
      expect(await messageOf(() => call({ ...all, [spelling]: 1 } as never))).toMatch(
        `${JSON.stringify(spelling)}: did you mean ${option}?`,
      );
    }
    expect(nearest(snake, Object.keys(all), settingNames)).toBe(option);
  }
});

test.each(table)("$title takes undefined for left out", async ({ call, all, required }) => {
  const needed = Object.fromEntries(required.map((key) => [key, all[key]]));
  const without = await outcome(() => call(needed as never));
  for (const option of Object.keys(all)) {
    if (required.includes(option)) continue;
    const unset = await outcome(() => call({ ...needed, [option]: undefined } as never));
    expect(unset).toEqual(without);
  }
});

/** What a call gives, or what it throws. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return { gives: await call() };
  } catch (error) {
    return { throws: String(error) };
  }
}

test.each(table)("$title reads each of them once", async ({ call, all }) => {
  const reads = new Map<string, number>();
  const counting = {};
  for (const [key, value] of Object.entries(all)) {
    const get = () => {
      reads.set(key, (reads.get(key) ?? 0) + 1);
      return value;
    };
    Object.defineProperty(counting, key, { get, enumerable: true });
  }
  await outcome(() => call(counting as never));
  expect(Object.fromEntries(reads)).toEqual(
    Object.fromEntries(Object.keys(all).map((key) => [key, 1])),
  );
});

test.each(table)(
  "$title refuses a Map, an array and a promise in their place",
  async ({ name, call, all }) => {
    for (const [kind, value] of [
      ["Map", new Map(Object.entries(all))],
      ["Array", []],
      ["Promise", Promise.resolve(all)],
    ]) {
      expect(await messageOf(() => call(value as never))).toMatch(
        new RegExp(`^${name.replace(".", "\\.")}: \\w+ is ${kind as string}: it must be `),
      );
    }
  },
);

test.each([
  ["r", ["rank", "rows"], "rank"],
  ["lora_alpha", ["rank", "alpha", "targets"], "alpha"],
  ["target_modules", ["rank", "alpha", "targets"], "targets"],
  ["n_factors", ["rank", "steps"], "rank"],
  ["n_epochs", ["rank", "steps"], "steps"],
  ["reg_all", ["rank", "regularization"], "regularization"],
  ["random_state", ["rank", "seed"], "seed"],
  ["n_components", ["rank", "seed"], "rank"],
  ["n_oversamples", ["rank", "oversampling"], "oversampling"],
  ["n_iter", ["rank", "powerIterations"], "powerIterations"],
  ["use_rslora", ["rank", "rankStabilized"], "rankStabilized"],
  ["lr", ["steps", "learningRate"], "learningRate"],
  ["per_device_train_batch_size", ["batchSize", "steps"], "batchSize"],
  ["num_train_epochs", ["batchSize", "steps"], "steps"],
  ["max_length", ["batchSize", "maxTokens"], "maxTokens"],
  ["columns", ["rows", "cols"], "cols"],
  ["iterations", ["steps", "rank"], "steps"],
  ["filter_already_liked_items", ["excludeRated"], "excludeRated"],
  ["userIds", ["rowIds", "colIds", "values"], "rowIds"],
  ["item_id", ["rowIds", "colIds", "values"], "colIds"],
  ["ratings", ["rowIds", "colIds", "values"], "values"],
  ["setps", ["steps", "rank"], "steps"],
  ["sede", ["seed", "rank"], "seed"],
  ["lora_dropout", ["rank", "alpha"], undefined],
  ["weights", ["rowIds", "colIds", "values"], undefined],
])("%s of %j is %s", (given, known, meant) => {
  expect(nearest(given, known, settingNames)).toBe(meant);
});

test("options may be inherited, of a class or without a prototype", () => {
  const shared = Object.create({ rank: 2 });
  shared.seed = 1;
  const bare = Object.assign(Object.create(null), { rank: 2, seed: 1 });
  class Chosen {
    rank = 2;
    get seed() {
      return 1;
    }
  }
  const right = core.randomizedSvd(A, { rank: 2, seed: 1 });
  for (const options of [shared, bare, new Chosen()]) {
    expect(core.randomizedSvd(A, options)).toEqual(right);
  }
  const misspelt = Object.create({ rnak: 2 });
  misspelt.seed = 1;
  expect(() => core.randomizedSvd(A, misspelt)).toThrow('no option "rnak": did you mean rank?');
});

test("what a page puts on every object is not an option", () => {
  const everywhere = Object.prototype as Fields;
  everywhere.helper = () => 1;
  try {
    expect(core.rank(A, { tolerance: 1e-3 })).toBe(3);
    expect(() => core.rank(A, { helper: 1 } as never)).toThrow('no option "helper"');
  } finally {
    delete everywhere.helper;
  }
});

test("a name of any length makes a message of one short line", () => {
  const long = `a\n\u001b[2J${"b".repeat(1e6)}`;
  const call = () => core.svd(A, { [long]: 1 } as never);
  expect(call).toThrow(TypeError);
  expect(() => call()).toThrow(
    /^svd: there is no option "a\\n\\u001b\[2Jb{1,40}…": there are method, vectors, full$/,
  );
});
