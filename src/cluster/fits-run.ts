// Fits that need nothing of each other, on the workers of a queue: each is a shard that meets no other. The
// coordinator sends the data once, and fetches what comes.
import { connect } from "./connection.js";
import { type ClusterProgress, Coordinator, interval, pause } from "./coordinator.js";
import { Frames } from "./frame.js";
import { thisProgram } from "./program.js";
import { mostShards, type RunOptions } from "./run-options.js";
import { identityOfInput } from "./sent-inputs.js";
import { decodeOutcome, encodeFits, type FitOutcome, type WholeFits } from "./whole-fits.js";

/** A run of fits: their number is that of its shards. */
export type FitsRunOptions = Omit<RunOptions, "shards">;

/**
 * What has come of each fit, in their order, as soon as it and those before it are done. Leave the loop to stop the
 * run.
 *
 * @param name - of the function, for messages.
 * @throws (rejects with) RangeError for too many
 * fits; ClusterError where the packages `bullmq` and `ioredis` are missing, no Redis answers, the
 * run is somebody else's, the data is too large, or a worker has failed.
 */
export async function* runFits(
  name: string,
  fits: WholeFits,
  { connection: address, run: named, resume = false, lock = 30_000 }: FitsRunOptions,
  report: (progress: ClusterProgress) => void = () => {},
): AsyncGenerator<FitOutcome, void> {
  const count = fits.fits.length;
  if (count > mostShards) {
    throw new RangeError(`${name}: there are ${count} fits: a run may have ${mostShards}`);
  }
  const body = encodeFits(name, fits);
  const identity = identityOfInput(body);
  const program = thisProgram();
  const run = named ?? `fits-${identity.slice(0, 16)}`;
  const connection = await connect(name, address);
  const coordinator = new Coordinator(name, connection, program, {
    ...{ task: "fits", run, identity, options: {}, lock },
    source: "sent with the run",
  });
  try {
    await coordinator.lead(resume, count);
    const input = new Frames(program.hash).encode({ kind: "input", round: 0, body });
    await coordinator.save({ input });
    for (let next = 0; next < count; ) {
      const { finished, progress } = await coordinator.look();
      report(progress);
      for (; finished.has(String(next)); next++) {
        const [made = new Uint8Array()] = await coordinator.made(next);
        yield decodeOutcome(made, fits.wants);
      }
      if (next < count) await pause(interval);
    }
    await coordinator.clear();
  } finally {
    await coordinator.end();
    connection.close();
  }
}
