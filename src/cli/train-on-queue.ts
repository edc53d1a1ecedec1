// `lowrank train FILE --queue URL`: a fit on the workers of a queue. All entries are trained on, so there is
// nothing to test with.
import type { ClusterProgress } from "../cluster/coordinator.js";
import type { CompletionOptions } from "../completion/options.js";
import { writeFilesAtomically } from "../files/atomic-file.js";
import { oneLine, UsageError } from "./errors.js";
import { duration } from "./format.js";
import { createProgress } from "./progress.js";
import { onQueue, refusedShown, runOptionsOf, standing } from "./queue.js";
import type { TrainOptions } from "./training-data.js";

/** What `train` may be given beside --queue. */
const known = [
  ...["queue", "run", "resume", "shards", "lock", "checkpoints"],
  ...["rank", "depth", "implicit", "keepOutliers", "seed", "out", "json", "ranking"],
];
/** Options that are always there, with what says nothing. */
const silent: Record<string, unknown> = { minRatings: 1, threads: 1 };

export async function trainOnQueue(file: string | undefined, options: TrainOptions): Promise<void> {
  const { rank, depth, implicit, keepOutliers, seed, out, json, ranking } = options;
  const other = Object.entries(options).find(
    ([name, value]) => !known.includes(name) && value && value !== silent[name],
  );
  if (other) {
    const name = other[0].replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
    throw new UsageError(
      `--${name} is not for --queue, where workers train on all ratings of a file: leave it out`,
    );
  }
  if (file === undefined || file === "-") {
    throw new UsageError("--queue needs a file, which the workers read under the same path");
  }
  const settings: CompletionOptions = {
    ...{ implicit, seed, ...(ranking === false ? { ranking } : {}) },
    ...(keepOutliers ? { outliers: "keep" as const } : {}),
    ...(rank === undefined ? {} : { rank }),
    ...(depth === undefined ? {} : { depth }),
  };
  const { fitShards } = await import("../cluster/fit-shards.js");
  const start = performance.now();
  const progress = createProgress();
  let last: ClusterProgress | undefined;
  const tellRefused = refusedShown("train");
  const model = await onQueue(async () => {
    const fit = fitShards(file, {
      ...settings,
      ...runOptionsOf(options),
      ...(options.checkpoints === undefined ? {} : { checkpoints: options.checkpoints }),
    });
    try {
      for (;;) {
        const { done, value } = await fit.next();
        if (done) return value;
        last = value;
        const { fit: at, refused } = value;
        tellRefused(refused);
        progress.update(at?.step ?? 0, at?.totalSteps ?? 1, standing(value));
      }
    } finally {
      progress.stop();
    }
  });
  const milliseconds = performance.now() - start;
  if (out !== undefined) writeFilesAtomically([{ path: out, bytes: model.save() }]);
  const { run: name = "", shards: count = 0, exchanges = 0, bytes = 0 } = last ?? {};
  const { takeovers = 0, replayed = 0 } = last ?? {};
  if (json) {
    const { rows, cols, steps } = model;
    console.log(
      JSON.stringify({
        ...{ run: name, rows, cols, steps, milliseconds, shards: count },
        ...{ exchanges, bytesExchanged: bytes, takeovers, replayed },
      }),
    );
    return;
  }
  console.log(
    oneLine(
      `run ${name}: ${duration(milliseconds)}, shards ${count}, exchanges ${exchanges}, ` +
        `${(bytes / 1e6).toFixed(1)} MB, takeovers ${takeovers}${out === undefined ? "" : `, written to ${out}`}`,
    ),
  );
}
