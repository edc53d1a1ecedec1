import { MatrixCompletion } from "../completion/matrix-completion.js";
import type { TimedFit } from "../completion/timed-fit.js";
import { type Fits, onThisThread } from "./fits.js";
import { onQueue, type RunFlags, refusedShown, runOptionsOf } from "./queue.js";
import type { Trainer } from "./train-model.js";

/** Fits on the workers of a queue, as many at once as these hold: of ratings. */
export function fitsOnQueue(flags: RunFlags, testOnly: boolean): Fits {
  const tellRefused = refusedShown(testOnly ? "evaluate" : "train");
  const ratings: Trainer = async function* ({ dataset, rounds, options }, progress) {
    const { runFits } = await import("../cluster/fits-run.js");
    // Rounds hold out parts that do not overlap.
    const parts = new Uint16Array(dataset.values.length);
    for (const [round, { held }] of rounds.entries()) {
      held?.forEach((mark, i) => {
        parts[i] += mark * (round + 1);
      });
    }
    const fits = rounds.map(({ held }, round) => ({ setting: 0, without: held ? round + 1 : 0 }));
    const sent = { dataset, parts, settings: [options], fits, wants: "models" } as const;
    const run = runFits(
      "fits",
      sent,
      runOptionsOf(flags),
      ({ shards, held, finished, refused }) => {
        tellRefused(refused);
        const waits = held === finished ? "waits for workers, " : "";
        progress.update(finished, shards, `${waits}fits ${finished} of ${shards}`);
      },
    );
    try {
      for (;;) {
        const { done, value } = await onQueue(() => run.next());
        if (done) return;
        const { model, times } = value;
        yield { model: MatrixCompletion.load(model), ...times } satisfies TimedFit;
      }
    } finally {
      await run.return();
    }
  };
  return { ...onThisThread(), ratings };
}
