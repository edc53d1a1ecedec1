// One experiment from start to files.
import { join } from "node:path";
import { machine } from "../../lab/machine.mjs";
import { Interrupted, Lab } from "./lab.mjs";
import { writePage } from "./page.mjs";
import { createProgress } from "./progress.mjs";
import { currentCommit } from "./provenance.mjs";
import { writeReport } from "./report.mjs";
import { Store } from "./store.mjs";

/**
 * Runs the experiment and writes its files.
 *
 * @param experiment - one of experiments/. Those with the same `state` share what is done, which is
 * kept then, unless it was quick.
 * @param state - the folder that keeps what is done; removed at the end unless `keep`.
 * @param target - the folder of the files.
 * @param page - the page of docs that is rewritten too, one of `pages`.
 * @returns the report, or undefined when the deadline came first.
 */
export async function reproduce(experiment, { state, target, seed, quick, keep, deadline, page }) {
  const store = new Store(state);
  const progress = createProgress();
  const lab = new Lab({ store, seed, quick, commit: currentCommit(), progress, deadline });
  try {
    const result = await experiment.run(lab);
    const command = ["npm run reproduce --", experiment.name];
    if (quick) command.push("--quick");
    if (seed !== 0) command.push(`--seed ${seed}`);
    const provenance = {
      command: command.join(" "),
      seed,
      commits: lab.commits,
      machine: machine(),
    };
    const report = writeReport(target, experiment, result, provenance);
    if (page) writePage(target, page, join(target, "..", `${page.name}.md`));
    if (!keep && (quick || !experiment.state)) store.clear();
    return report;
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  } finally {
    progress.stop();
  }
}
