// npm run fuzz -- [target ...] [--cases N] [--seed S]: structured mutations of everything that is
// read, and of the arguments of every public function. See docs/internals/fuzzing.md.
import { parseArgs } from "node:util";
import { bundle } from "./bundle.mjs";
import { runTarget } from "./supervise.mjs";
import { names, targetsModule } from "./targets/index.mjs";

const usage = `npm run fuzz -- [target ...] [option ...]
  targets    ${names.join(", ")}. Without one: all of them.
  --cases N  of each (10000)
  --from K   leave out those before, to go on with a run that was ended (0)
  --seed S   of the random numbers (1); the same seed gives the same cases
  --case K   only this one
Exit code 1 where there is a fault. Inputs of faults are written to build/fuzz/cases.`;

/** Two processes at a time: the machine is somebody's. */
const processes = 2;

const { asked, seed, first, last } = parse();
await bundle();
const waiting = [...asked];
const results = new Map();
await Promise.all(Array.from({ length: processes }, work));

console.log("\n| target | cases | valid | read | refused | in kinds of words | seconds | faults |");
console.log("|---|---:|---:|---:|---:|---:|---:|---:|");
for (const name of asked) {
  const { cases, valid, read, refused, refusals, seconds, faulty } = results.get(name);
  const row = [name, cases, valid, read, refused, refusals, seconds.toFixed(1), faulty];
  console.log(`| ${row.join(" | ")} |`);
}
if ([...results.values()].some(({ faulty }) => faulty > 0)) process.exitCode = 1;

async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const onFault = ({ fault, detail, number, mutations, dump }) => {
      console.log(`${name}: ${fault}${detail ? `: ${printable(detail)}` : ""}`);
      const by = mutations === undefined ? "" : ` (by ${mutations} mutations)`;
      console.log(`  npm run fuzz -- ${name} --seed ${seed} --case ${number}${by}`);
      if (dump) console.log(`  ${dump}`);
    };
    const result = await runTarget({ module: targetsModule, name, seed, first, last, onFault });
    results.set(name, result);
    const { cases, seconds, faulty } = result;
    console.log(`${name}: ${cases} cases in ${seconds.toFixed(1)} s, ${faulty} with faults`);
  }
}

/** Messages that hold control characters must not act on a terminal. */
function printable(text) {
  return JSON.stringify(text.slice(0, 300)).slice(1, -1).replaceAll('\\"', '"');
}

function parse() {
  const text = { type: "string" };
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { cases: text, from: text, seed: text, case: text, help: { type: "boolean" } },
    });
    if (values.help) {
      console.log(usage);
      process.exit();
    }
    const unknown = positionals.filter((name) => !names.includes(name));
    if (unknown.length > 0) throw new Error(`there is no target ${unknown.join(", ")}`);
    const only = values.case === undefined ? undefined : integer("case", values.case);
    const first = only ?? integer("from", values.from ?? "0");
    const last = only === undefined ? integer("cases", values.cases ?? "10000") : only + 1;
    if (first >= last) throw new Error(`--from is ${first}: it must be less than --cases, ${last}`);
    const seed = integer("seed", values.seed ?? "1");
    return { asked: positionals.length > 0 ? positionals : names, seed, first, last };
  } catch (error) {
    console.error(`fuzz: ${error.message}\n${usage}`);
    process.exit(2);
  }
}

function integer(name, text) {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`--${name} is ${text}: it must be an integer >= 0`);
}
