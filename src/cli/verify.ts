import type { Verdict } from "../claims/verdict.js";
import { allClaims } from "./all-claims.js";
import { duration } from "./format.js";
import { integer } from "./options.js";
import type { Command } from "./packages.js";
import { createProgress } from "./progress.js";

/** `lowrank verify [--seed N] [--json]` */
export function addVerify(program: Command): void {
  program
    .command("verify")
    .description("measure every claim of the papers on this machine, now")
    .option("--seed <n>", "seed of the random targets and initial factors", integer(0, 2 ** 50), 1)
    .option("--json", "print one JSON array")
    .action(run);
}

function run({ seed, json = false }: { seed: number; json?: boolean }): void {
  const start = performance.now();
  const verdicts = measure(seed);
  process.exitCode = show(verdicts, json, performance.now() - start);
}

/** Prints what was measured; the exit code: 1 when a claim fails. */
export function show(verdicts: readonly Verdict[], json: boolean, milliseconds: number): 0 | 1 {
  const failed = verdicts.filter(({ holds }) => !holds).length;
  if (json) {
    console.log(JSON.stringify(verdicts));
  } else {
    for (const verdict of verdicts) console.log(line(verdict));
    const outcome = failed === 0 ? "all hold" : `${failed} FAILED`;
    console.log(`\n${verdicts.length} claims, ${outcome}; measured in ${duration(milliseconds)}`);
  }
  return failed === 0 ? 0 : 1;
}

function measure(seed: number): Verdict[] {
  const progress = createProgress();
  try {
    const checks = allClaims(seed);
    return checks.map((check, i) => {
      const verdict = check();
      progress.update(i + 1, checks.length, verdict.claim);
      return verdict;
    });
  } finally {
    progress.stop();
  }
}

/** The number beside what it must be below, or above for claims that something breaks. */
function line({ claim, source, measured, bound, holds }: Verdict): string {
  const relation = holds === measured < bound ? "<" : ">";
  const number = (value: number) => value.toExponential(2).padStart(9);
  const verdict = holds ? "holds " : "FAILED";
  return `${verdict} ${number(measured)} ${relation} ${number(bound)}  ${claim}\n${" ".repeat(30)}${source}`;
}
