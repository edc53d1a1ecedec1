// Values that no code of ours may turn into a text or a number before it has looked at them: each in
// every place of a valid call of every public function, and of every file that is read.
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle } from "../../fuzz/bundle.mjs";
import { Pairs } from "../../fuzz/json.mjs";
import { errorFaults } from "../../fuzz/oracle.mjs";
import { Random } from "../../fuzz/random.mjs";
import { loadTarget } from "../../fuzz/target.mjs";
import { names, targetsModule } from "../../fuzz/targets/index.mjs";
import { temporaryFolder } from "../helpers/cli.js";
import { rows } from "../helpers/option-table.js";

type Path = readonly unknown[];
type Call = (...args: unknown[]) => unknown;

/** "a\n\u202e...": longer than any message may be, and with what terminals act on. */
const longText = "a\n\u202e".repeat(300);
const throwing = () => {
  throw new Error("of the caller's own");
};

/** For JavaScript; made anew for each place. */
const values: Record<string, () => unknown> = {
  "no prototype": () => Object.create(null),
  "a toString that is no function": () => ({ toString: {}, valueOf: {} }),
  "a conversion that throws": () => ({ [Symbol.toPrimitive]: throwing }),
  "a toString that throws": () => ({ toString: throwing, valueOf: throwing }),
  "a number by valueOf": () => ({ valueOf: () => 1, toString: () => "1" }),
  "a name of its own": () => ({ [Symbol.toStringTag]: longText }),
  "a symbol": () => Symbol("x"),
  "a bigint": () => 5n,
  "a function": () => () => 1,
  "a list without prototypes": () => [Object.create(null)],
  "a list of symbols": () => [Symbol("x"), Symbol("y")],
  "a list of bigints": () => [1n, 2n],
  "a typed array of bigints": () => BigInt64Array.of(1n, 2n),
  "a list of holes": () => new Array(3),
  "a date that is none": () => new Date(Number.NaN),
  "a long text": () => longText,
  "methods that give nonsense": () => ({
    ...{ rows: 2, cols: 2, length: 2, measurements: 4, density: 1, learningRate: 0.1 },
    ...{ name: "x", bind: () => ({}), greatestDensity: () => 1 },
  }),
};

/** For JSON: trees as the targets of the fuzzer write them. */
const trees: Record<string, () => unknown> = {
  "a toString that is no function": () => hostileObject(),
  "a list of these": () => [[hostileObject()], hostileObject()],
  "a long text": () => longText,
  ...{ null: () => null, true: () => true, "no entries": () => [], "no keys": () => new Pairs([]) },
  ...{ "a negative number": () => -1, "a large number": () => 1e300, numbers: () => [1, 2, 3] },
};
const hostileObject = () => new Pairs([["toString", new Pairs([])] as never]);

const isPlain = (value: unknown): value is Record<string, unknown> =>
  Object(value) === value && [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** A key of a Map, where the place is the key's and not the value's. */
class Key {
  constructor(readonly key: unknown) {}
}

/** All places inside a value; of long lists the first few. */
function* placesIn(value: unknown, deepest: number, path: Path = []): Generator<Path> {
  if (path.length >= deepest) return;
  const inside: [unknown, unknown][] = Array.isArray(value)
    ? [...value.slice(0, path.length === 0 ? undefined : 3).entries()]
    : value instanceof Pairs
      ? [["entries", value.entries]]
      : value instanceof Map
        ? [...value].slice(0, 3)
        : isPlain(value)
          ? Object.entries(value)
          : [];
  for (const [key, one] of inside) {
    yield [...path, key];
    if (value instanceof Map) yield [...path, new Key(key)];
    yield* placesIn(one, deepest, [...path, key]);
  }
}

/** A copy of the value with another one in that place. */
function changed(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key instanceof Key) {
    const entries = [...(value as Map<unknown, unknown>)];
    return new Map(entries.map(([k, one]) => [k === key.key ? other : k, one]));
  }
  const within = (inner: unknown) => (rest.length > 0 ? changed(inner, rest, other) : other);
  if (value instanceof Pairs) return new Pairs(within(value.entries) as never);
  if (value instanceof Map) return new Map(value).set(key, within(value.get(key)));
  if (Array.isArray(value)) {
    return value.map((one, i) => (i === key ? within(one) : one));
  }
  const object = value as Record<string, unknown>;
  return { ...object, [key as string]: within(object[key as string]) };
}

const start = process.cwd();
const folder = temporaryFolder();
let seeds: { callee: () => Call; args: () => unknown[]; name: string }[];
beforeAll(async () => {
  await bundle();
  process.chdir(folder.path);
  const api = await import("../../fuzz/api-seeds.mjs");
  await api.prepareFolders();
  const random = (name: string) => new Random(1, name, 0);
  const {
    functions,
    methods,
    seeds: given,
  } = api as unknown as {
    functions: Record<string, Call>;
    methods: Record<string, [() => Record<string, Call>, Call]>;
    seeds: Record<string, Call>;
  };
  const made = (name: string, callee: () => Call, seed: Call) => ({
    ...{ name, callee },
    args: () => seed(random(name)) as unknown[],
  });
  seeds = [
    ...Object.keys(functions).map((name) => made(name, () => functions[name], given[name])),
    ...Object.entries(methods).map(([name, [holder, seed]]) => {
      const method = name.split(".")[1];
      return made(name, () => holder()[method].bind(holder()), seed);
    }),
  ];
});
afterAll(() => {
  process.chdir(start);
  folder.remove();
});

/** What is wrong with the error that it throws, by the fuzzer's own judgement. */
async function faultsOf(read: () => unknown): Promise<string[]> {
  try {
    const result = (await read()) as { next?: Call } | undefined;
    // What is computed step by step may fail with a later step.
    if (typeof result?.next === "function") for (let i = 0; i < 3; i++) result.next();
    return [];
  } catch (error) {
    const message = String((error as Error)?.message ?? error);
    return errorFaults(error, message, {}).map(({ kind, detail }) => `${kind}: ${detail}`);
  }
}

test("a hostile value in any place of a call is refused in our words, or does no harm", async () => {
  const found = new Map<string, string>();
  let count = 0;
  for (const { name, callee, args } of seeds) {
    const given = args();
    for (const path of [...placesIn(given, 6), [given.length]]) {
      for (const [kind, make] of Object.entries(values)) {
        count++;
        const call = callee();
        const isClass = /^class\b/.test(Function.prototype.toString.call(call));
        const hostile = [...args(), undefined];
        const changedArgs = changed(hostile, path, make()) as unknown[];
        const faults = await faultsOf(() =>
          isClass ? Reflect.construct(call, changedArgs) : call(...changedArgs),
        );
        for (const fault of faults) found.set(fault, `${name} ${path.join(".")}: ${kind}`);
      }
    }
  }
  expect([...found]).toEqual([]);
  expect(count).toBeGreaterThan(20_000);
});

test("a hostile value of any option is refused in our words, or does no harm", async () => {
  const found = new Map<string, string>();
  for (const { name, call, all, required } of rows) {
    const needed = Object.fromEntries(required.map((key) => [key, all[key]]));
    for (const path of placesIn(all, 4)) {
      const option = path[0] as string;
      for (const [kind, make] of Object.entries(values)) {
        const hostile = changed(all, path, make()) as typeof all;
        // Also by itself, for some options exclude one another.
        for (const given of [hostile, { ...needed, [option]: hostile[option] }]) {
          const faults = await faultsOf(() => call(given as never));
          for (const fault of faults) found.set(fault, `${name} ${path.join(".")}: ${kind}`);
        }
      }
    }
  }
  expect([...found]).toEqual([]);
});

// Of whole models there are too many places: the fuzzer draws among them.
const files = names.filter((name) => name !== "api" && name !== "model");
test.each(files)("a hostile value in any place of a file of %s is refused by it", async (name) => {
  const target = await loadTarget(targetsModule, name);
  const found = new Map<string, string>();
  for (let specimen = 0; specimen < 2; specimen++) {
    const { tree } = target.specimen(new Random(1, name, specimen));
    for (const path of placesIn(tree, 14)) {
      for (const [kind, make] of Object.entries(trees)) {
        let input: unknown;
        try {
          input = target.encode(changed(tree, path, make()));
        } catch {
          continue; // A tree that makes no file.
        }
        if (target.seal) input = target.seal(input as Uint8Array, new Random(1, name, specimen));
        const faults = await faultsOf(() => target.read(input as Uint8Array));
        for (const fault of faults) found.set(fault, `${path.join(".")}: ${kind}`);
      }
    }
  }
  expect([...found]).toEqual([]);
});
