// Decides about a case: whether what the package did with an input is right.
//
// A valid input must be read, with the values that it was made of. Any other may be refused, by an
// error of ours in one short line, or read, and then what comes of it is finite. Either way in time
// and memory that the input's size allows, the same however the bytes arrive, and with the bytes
// left alone.
import { isDeepStrictEqual } from "node:util";
import { getHeapStatistics } from "node:v8";
import { arrivalCount, arriving } from "./arrivals.mjs";
import { inputOf, sizeOf } from "./case.mjs";
import { Random } from "./random.mjs";

/** Errors of ours; RangeError and TypeError are where the message is in our words. */
const ours =
  /^(FormatError|FileError|ModelFileError|UsageError|RangeError|TypeError|OutOfMemoryError|UnsupportedError|DivergenceError|SingularMatrixError|NotPositiveDefiniteError|TerminatedError|NotFiniteError)$/;
/** How engines complain where nothing was checked. */
const engine =
  /Cannot (read|destructure|convert|mix|access|set|assign|perform|add|delete|redefine|create)|is not (a function|iterable|defined|a constructor|extensible|an object)|(Invalid|invalid) (array|typed|string|regular|time|count)|Maximum call|WebAssembly\.|memory access|unreachable|Array buffer|start offset|byte length|out of bounds|offset is out|(to|serialize) a BigInt|at position \d|Reduce of empty|Unexpected (token|end|non)|undefined \(reading|detached|source is too large/;
/** "name: what is: what must be", as all our messages begin. */
const worded = /^[\w.#$ ()[\]"'/,-]{1,200}?( line \d+)?: /;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const longestMessage = 500;

/** A case may take this long, and as much more as its size allows; likewise memory. */
const budget = { milliseconds: 200, perByte: 0.002, bytes: 64e6, bytesPerByte: 200 };

/**
 * @typedef {{ kind: string, detail: string }} Fault
 * @returns {Promise<{ outcome: "valid" | "read" | "refused", message?: string, faults: Fault[] }>}
 */
export async function judge(target, plan) {
  const { tree, input, expected } = inputOf(target, plan);
  const random = new Random(plan.arrival);
  const way = random.below(arrivalCount);
  const first = await attempt(target, input, way);
  const faults = [...first.faults];
  const add = (kind, detail) => faults.push({ kind, detail });
  if (first.error !== undefined) {
    if (expected) add("a valid input was refused", first.message);
    faults.push(...errorFaults(first.error, first.message, target));
  } else if (expected) {
    const { value = first.value } = expected;
    const difference = differenceOf(first.value, value);
    if (difference) add("a valid input was read wrongly", difference);
  }
  if (first.error === undefined) {
    if (target.finite !== false) {
      const place = nonFinite(first.value);
      if (place) add("not finite", place);
    }
    const complaint = target.check?.(first.value, tree);
    if (complaint) add("an invalid result", complaint);
  }
  if (target.bytes !== false && (expected || random.chance(0.25))) {
    const second = await attempt(
      target,
      input,
      (way + random.between(1, arrivalCount - 1)) % arrivalCount,
    );
    const same =
      first.error !== undefined || second.error !== undefined
        ? first.message === second.message
        : isDeepStrictEqual(first.value, second.value);
    if (!same)
      add(
        "another result from other memory",
        `${first.message ?? "read"} / ${second.message ?? "read"}`,
      );
    faults.push(...second.faults);
  }
  const outcome = first.error !== undefined ? "refused" : expected ? "valid" : "read";
  return { outcome, message: first.message, faults: unique(faults), input };
}

/** Reads once; measures, and sees that the input is left alone. */
async function attempt(target, input, way) {
  const size = sizeOf(input);
  const once = async (clock) => {
    const given = arriving(input, way);
    const memory = held();
    const start = clock();
    let [value, error] = [];
    try {
      value = target.read(given.input);
      if (typeof value?.then === "function") value = await value;
    } catch (thrown) {
      error = thrown ?? new Error("nothing was thrown");
    }
    const milliseconds = clock() - start;
    return { value, error, given, milliseconds, bytes: held() - memory };
  };
  let result = await once(() => performance.now());
  const tooMuch = ({ milliseconds, bytes }) =>
    milliseconds > budget.milliseconds + budget.perByte * size ||
    bytes > budget.bytes + budget.bytesPerByte * size;
  // Other processes, the compiler and the garbage collector cost at random: the least of three counts,
  // and then in the time of this process, which takes longer to ask for.
  for (let again = 0; again < 2 && tooMuch(result); again++) {
    const next = await once(processMilliseconds);
    if (!tooMuch(next)) result = next;
  }
  const faults = [];
  if (tooMuch(result)) {
    const { milliseconds, bytes } = result;
    const used = `${milliseconds.toFixed(0)} ms and ${(bytes / 1e6).toFixed(0)} MB`;
    faults.push({ kind: "too much time or memory", detail: `${used} for ${size} bytes` });
  }
  if (!result.given.untouched()) faults.push({ kind: "the input was written to", detail: "" });
  const { value, error } = result;
  return { value, error, message: error === undefined ? undefined : messageOf(error), faults };
}

function processMilliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function held() {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

function messageOf(error) {
  return String(error?.message ?? error);
}

/** What is wrong with an error, whatever it is about. */
export function errorFaults(error, message, target) {
  const faults = [];
  const name = error?.name ?? typeof error;
  const shown = `${name}: ${message.slice(0, 300)}`;
  const add = (kind) => faults.push({ kind, detail: shown });
  const builtIn = name === "RangeError" || name === "TypeError";
  // What is quoted are the words of the file.
  if (engine.test(message.replace(/"(?:[^"\\]|\\.)*"/g, ""))) add("the engine's words");
  else if (!(error instanceof Error) || !ours.test(name)) add("not an error of ours");
  else if (builtIn && !worded.test(message)) add("an error that names no function");
  if (name === "OutOfMemoryError" && target.bytes !== false) add("out of memory");
  if (message.length > longestMessage) add(`a message of ${message.length} characters`);
  if (control.test(message)) add("a message with control characters");
  return faults;
}

/** Where two values differ first, or undefined. */
function differenceOf(found, wanted) {
  if (isDeepStrictEqual(found, wanted)) return undefined;
  const show = (value) => (typeof value === "object" ? shown(value) : String(value));
  if (Object(found) !== found || Object(wanted) !== wanted)
    return `${show(found)}: it must be ${show(wanted)}`;
  if (found.constructor !== wanted.constructor) {
    return `${found.constructor?.name}: it must be ${wanted.constructor?.name}`;
  }
  const entries = (value) => (value instanceof Map ? [...value] : Object.entries(value));
  const [is, must] = [new Map(entries(found)), new Map(entries(wanted))];
  for (const key of new Set([...is.keys(), ...must.keys()])) {
    const difference = differenceOf(is.get(key), must.get(key));
    if (difference) return `${String(key)}: ${difference}`;
  }
  return "they differ";
}

function shown(value) {
  try {
    return JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one)).slice(
      0,
      120,
    );
  } catch {
    return String(value);
  }
}

/** The place of a number that is NaN or infinite, or undefined. */
export function nonFinite(value, place = "result") {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${place} is ${value}`;
  if (value === null || typeof value !== "object") return undefined;
  if (ArrayBuffer.isView(value)) {
    if (typeof value[0] === "bigint" || value instanceof DataView) return undefined;
    for (let i = 0; i < value.length; i++) {
      if (!Number.isFinite(value[i])) return `${place}[${i}] is ${value[i]}`;
    }
    return undefined;
  }
  for (const [key, one] of value instanceof Map ? value : Object.entries(value)) {
    const found = nonFinite(one, `${place}.${String(key)}`);
    if (found) return found;
  }
  return undefined;
}

function unique(faults) {
  const seen = new Map(faults.map((fault) => [fault.kind + fault.detail, fault]));
  return [...seen.values()];
}
