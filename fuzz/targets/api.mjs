// The arguments of every public function: a valid call, changed.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { functions, methods, prepareFolders, seeds } from "../api-seeds.mjs";
import { Pairs, Raw } from "../json.mjs";
import { copied } from "../mutate.mjs";
import { nonFinite } from "../oracle.mjs";

const calls = new Map([
  ...Object.keys(functions).map((name) => [
    name,
    { seed: seeds[name], callee: () => functions[name] },
  ]),
  ...Object.entries(methods).map(([name, [holder, seed]]) => {
    const method = name.split(".")[1];
    return [name, { seed, callee: () => holder()[method].bind(holder()) }];
  }),
]);
const names = [...calls.keys()];
const missing = names.filter((name) => typeof calls.get(name).seed !== "function");
if (missing.length > 0) throw new Error(`fuzz/api-seeds.mjs has no call of ${missing.join(", ")}`);

// What functions write lands in a folder that goes with the process; "../.." stays in it too.
const scratch = mkdtempSync(join(tmpdir(), "lowrank-fuzz-api-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
mkdirSync(join(scratch, "a/b/c"), { recursive: true });
process.chdir(join(scratch, "a/b/c"));
await prepareFolders();

/** NaN is their word for a step that never came, the correlation of what is constant, the error of one. */
const nanIsSaid = /^(stepsByOuterRate|pearson|spearman|evaluateRanking|ranking\.evaluate)$/;
/** How much is to be done: what a caller asks for, and gets, takes as long as it takes. */
const amounts =
  /steps|times|iterations|patience|oversampling|depth|threads|maxRank|ratios|learningRates|time$/i;
const mostWork = 12;
/** Of functions that take an amount without a name, or texts to go through a model: its place. */
const positionalAmounts = {
  ...{ passiveScalars: 2, Finetuning: 1, finetune: 1, "model.embed": 0, "adapted.predict": 0 },
};
/** Sizes between are neither small nor refused: they would only be waited for. */
const tooLong = (value) =>
  Number.isInteger(value) && Math.abs(value) > 64 && Math.abs(value) <= 2 ** 30;

export default {
  name: "api",
  bytes: false,

  describe: ({ name, args }) => `${name}(${inspect(args, { depth: 6 }).slice(2, -2)})`,

  finite: false,

  specimen(random) {
    const name = random.pick(names);
    return { tree: named(name, copied(calls.get(name).seed(random))) };
  },

  encode(tree) {
    const { name = "matmul", args = [tree] } = Object(tree);
    const known = calls.has(name) ? name : "matmul";
    const key = (i) => (i === positionalAmounts[known] ? "steps" : "");
    return { name: known, args: [args].flat().map((one, i) => bounded(plain(one), key(i))) };
  },

  async read({ name, args }) {
    const callee = calls.get(name).callee();
    const isClass = /^class\b/.test(Function.prototype.toString.call(callee));
    const result = await (isClass ? Reflect.construct(callee, args) : callee(...args));
    if (typeof result?.next !== "function") return result;
    const steps = [];
    for (let i = 0; i < 3; i++) {
      const { done, value } = result.next();
      if (done) break;
      steps.push(value);
    }
    return steps;
  },

  /** NaN may come of NaN, and of numbers whose sums overflow; of others it is a fault. */
  check(result, tree) {
    // A verdict on evidence that holds NaN is NaN and does not hold.
    if (extreme(tree) || result?.holds === false || nanIsSaid.test(tree.name)) return undefined;
    const place = nonFinite(numbersOf(result));
    return place?.endsWith("NaN") ? place : undefined;
  },
};

/** The arguments, with the function's name where mutations do not see it. */
function named(name, args) {
  return Object.defineProperty({ args }, "name", { value: name });
}

/** Trees of mutations as the values that a caller gives. */
function plain(value) {
  // Deep nesting is a matter of files: the harness itself walks through arguments.
  if (value instanceof Raw) return value.text.length > 2000 ? null : JSON.parse(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Pairs)
    return Object.fromEntries(value.entries.map(([key, one]) => [keyOf(key), plain(one)]));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** Mutations put anything instead of a key, also what has no text. */
function keyOf(key) {
  return typeof key === "object" ? typeof key : String(key);
}

function bounded(value, key = "") {
  if (typeof value === "number") {
    // Beyond, a number of steps is refused; a time over a rate is steps all the same.
    const refused = value >= 2 ** 53 && key !== "time";
    if (amounts.test(key) && value > mostWork && !refused) return mostWork;
    return tooLong(value) ? value % 64 : value;
  }
  // An entry each may be a run, or a text to go through a model.
  if (Array.isArray(value)) {
    const most = amounts.test(key) ? mostWork : undefined;
    return value.slice(0, most).map((one) => bounded(one, key));
  }
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bounded(one, name)]));
}

function isPlain(value) {
  return (
    value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** Whether a number in it is not finite, or so large or small that squares of it are not. */
function extreme(value, depth = 0) {
  if (typeof value === "number")
    return !(value === 0 || (Math.abs(value) < 1e30 && Math.abs(value) > 1e-30));
  if (value === null || typeof value !== "object" || depth > 6) return false;
  if (ArrayBuffer.isView(value))
    return typeof value[0] === "number" && value.some((one) => extreme(one));
  if (value instanceof Pairs) return extreme(value.entries, depth + 1);
  // Not what is computed where it is read: a model refuses to be copied so.
  const held = Object.values(Object.getOwnPropertyDescriptors(value)).map((one) => one.value);
  return held.some((one) => extreme(one, depth + 1));
}

/** The numbers of a result: arrays, matrices and plain objects; a few steps deep. */
function numbersOf(value, depth = 0) {
  if (typeof value === "number" || ArrayBuffer.isView(value)) return value;
  if (value === null || typeof value !== "object" || depth > 5) return undefined;
  if (ArrayBuffer.isView(value.data)) return value.data;
  if (Array.isArray(value) || isPlain(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, numbersOf(one, depth + 1)]),
    );
  }
  return undefined;
}
