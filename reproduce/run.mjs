// npm run reproduce [-- name ... option ...]: the papers' experiments, one after the other.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Skipped } from "../lab/data.mjs";
import { experiments, groups, pages } from "./experiments/index.mjs";
import { reproduce } from "./harness/reproduce.mjs";

const usage = `npm run reproduce -- [name ...] [option ...]
  names        ${Object.keys(experiments).join(", ")}
               ${Object.keys(groups).join(", ")}: all of that kind. Without a name: all of them.
  --quick      small sizes, into reproduce/quick/: that everything works
  --seed N     number of the random problem (0)
  --minutes N  stop after so long; the same command goes on later
  --fresh      forget what an interrupted run has kept
  --keep       keep the parts, so that the next call only draws them
  --out DIR    where the files go (docs/evidence/reproduction)`;

const options = parse();
const folder = (name) => fileURLToPath(new URL(name, import.meta.url));
const deadline = performance.now() + 60_000 * Number(options.minutes ?? Number.POSITIVE_INFINITY);
const target = options.out ?? folder(options.quick ? "quick" : "../docs/evidence/reproduction");
for (const name of options.names) {
  const shared = experiments[name].state ?? name;
  const state = join(folder("state"), `${shared}-${options.seed}${options.quick ? "-quick" : ""}`);
  if (options.fresh) rmSync(state, { recursive: true, force: true });
  try {
    const page =
      options.quick || options.out ? undefined : pages.find(({ names }) => names.includes(name));
    const report = await reproduce(experiments[name], {
      ...options,
      ...{ state, target, deadline, page },
    });
    if (!report) {
      console.log(`${name}: interrupted; the same command goes on`);
      break;
    }
    console.log(`${name}: ${report.title}`);
    for (const { quantity, theirs, ours, verdict } of report.findings) {
      console.log(`  ${quantity}: ${theirs ? `theirs ${theirs}, ` : ""}ours ${ours}: ${verdict}`);
    }
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    console.log(`${name}: skipped: ${error.message}`);
  }
}

function parse() {
  const [flag, text] = [{ type: "boolean" }, { type: "string" }];
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        ...{ quick: flag, fresh: flag, keep: flag, help: flag },
        ...{ seed: text, minutes: text, out: text },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit();
    }
    const names = positionals.flatMap((name) => groups[name] ?? [name]);
    const unknown = names.filter((name) => !Object.hasOwn(experiments, name));
    if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}`);
    const seed = Number(values.seed ?? 0);
    if (!Number.isInteger(seed) || seed < 0) throw new Error(`seed ${values.seed} is not a number`);
    if (values.minutes !== undefined && !(Number(values.minutes) > 0)) {
      throw new Error(`minutes ${values.minutes} is not a positive number`);
    }
    return { ...values, seed, names: names.length ? names : Object.keys(experiments) };
  } catch (error) {
    console.error(`reproduce: ${error.message}\n${usage}`);
    process.exit(2);
  }
}
