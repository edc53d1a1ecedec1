// node fuzz/drive.mjs MODULE NAME SEED FIRST LAST PROGRESS: judges the cases FIRST .. LAST - 1 of a
// target, in a process that may be killed. Before each case it writes its number and the counts to
// the file PROGRESS; faults go to the standard output, a line of JSON each.
import { mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { inputOf, planOf } from "./case.mjs";
import { judge } from "./oracle.mjs";
import { loadTarget, progressFields } from "./target.mjs";

const [module, name, seed, first, last, progressFile, dumps] = process.argv.slice(2);
const target = await loadTarget(module, name);
const progress = new Float64Array(progressFields.length);
const file = openSync(progressFile, "w");
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);

/** Templates of the messages that were seen: how far into the parser the cases get. */
const refusals = new Set();
/** Faults of one kind are looked into once, and of one sort not without end. */
const mostExamples = 8;
const known = new Set();

// Nobody looks at the stacks of that many refusals, and they cost more than the parsers.
Error.stackTraceLimit = 0;
const counts = { valid: 0, read: 0, refused: 0, faults: 0 };
for (let number = Number(first); number < Number(last); number++) {
  const { valid, read, refused, faults } = counts;
  progress.set([number, valid, read, refused, faults]);
  writeSync(file, progress, 0, progress.byteLength, 0);
  const plan = planOf(target, seed, number);
  const found = await judge(target, plan);
  counts[found.outcome]++;
  if (found.message !== undefined) note(refusals, templateOf(found.message), "refusal");
  if (found.faults.length === 0) continue;
  counts.faults++;
  for (const fault of found.faults) {
    const kind = `${fault.kind}: ${templateOf(fault.detail)}`;
    const examples = [...known].filter((one) => one.startsWith(fault.kind)).length;
    if (known.has(kind) || examples >= mostExamples) continue;
    known.add(kind);
    const smallest = await smaller(plan, fault.kind);
    const { detail } = smallest.faults.find((one) => one.kind === fault.kind);
    say({
      fault: fault.kind,
      kind,
      detail,
      number,
      mutations: smallest.mutations,
      dump: dump(number, smallest.input),
    });
  }
}
progress.set([Number(last), counts.valid, counts.read, counts.refused, counts.faults]);
writeSync(file, progress, 0, progress.byteLength, 0);

function note(set, text, as) {
  if (set.has(text) || set.size > 5000) return;
  set.add(text);
  say({ [as]: text });
}

/** A message without what differs from case to case. */
function templateOf(message) {
  return message
    .replace(/(JSON: ).*/s, "$1")
    .slice(0, 200)
    .replace(/"(?:[^"\\]|\\.)*"?/g, '""')
    .replace(/-?\d[\d.e+-]*/g, "0");
}

/** The same fault with as few mutations as show it. */
async function smaller(plan, kind) {
  let best = plan;
  for (let i = best.mutations.length - 1; i >= 0; i--) {
    const less = { ...best, mutations: best.mutations.toSpliced(i, 1) };
    const { faults } = await judge(target, less);
    if (faults.some((fault) => fault.kind === kind)) best = less;
  }
  const { faults } = await judge(target, best);
  return { faults, mutations: best.mutations.length, input: inputOf(target, best).input };
}

/** Writes the files of an input where they can be looked at. */
function dump(number, input) {
  const text = target.describe && new TextEncoder().encode(target.describe(input));
  const files = input instanceof Map ? input : new Map([["input", text ?? input]]);
  const folder = join(dumps, `${name}-${seed}-${number}`);
  for (const [file, bytes] of files) {
    if (!(bytes instanceof Uint8Array)) return undefined;
    const path = join(folder, encodeURIComponent(String(file)).slice(0, 100));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return folder;
}
