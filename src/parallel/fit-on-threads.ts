// A fit on several threads, from the calling one: it hands the data over, and between the turns of the fit it
// only waits for messages, so it may be a page's.
import type { FittedRows } from "../completion/assemble.js";
import { addNumbers } from "../shards/exchange.js";
import { givenKernels } from "../wasm/index.js";
import type { Advance, Answer, Progress, Request, Task } from "./protocol.js";
import { memoryOfSums } from "./shared-sums.js";
import { Workers } from "./workers.js";

/**
 * Turns are taken so many at once that a message comes about as often as this, in milliseconds: all threads wait
 * for each other then, and for the calling one to wake up.
 */
const messageInterval = { least: 60, most: 240 };

/** Runs a fit: an iterator over its progress, which returns what a model is made of. */
export async function* fitOnThreads<Turn extends Progress>(
  task: Task,
  threads: number,
  url: URL,
): AsyncGenerator<Turn, NonNullable<Answer["model"]>> {
  const workers = new Workers(task.name, threads, url);
  try {
    const kernels = givenKernels();
    const [{ prepared }] = await workers.ask((thread) =>
      thread === 0 ? { prepare: { kernels, task, threads } } : {},
    );
    const used = prepared?.threads ?? 0;
    const ofUsed = (request: (thread: number) => Request) => (thread: number) =>
      thread < used ? request(thread) : {};
    const sums = used > 1 && mayShare() ? memoryOfSums(used) : undefined;
    await workers.ask(ofUsed((thread) => ({ start: { kernels, prepared, thread, sums } })));
    const answers = yield* together<Turn, Answer>(
      (advance) => workers.ask(ofUsed(() => ({ advance }))),
      used,
    );
    const others = answers.slice(1).flatMap(({ rows }): FittedRows[] => (rows ? [rows] : []));
    const [{ model }] = await workers.ask((thread) => (thread === 0 ? { assemble: others } : {}));
    return model as NonNullable<typeof model>;
  } finally {
    await workers.end();
  }
}

/**
 * Lets shards go on together to their end, and adds up what they ask for where they share no memory: an
 * iterator over the progress of the first, which returns the last answers.
 *
 * @param ask - asks all workers, of which the first `used` have a shard.
 */
export async function* together<Turn extends Progress, Told extends Advance>(
  ask: (advance: NonNullable<Request["advance"]>) => Promise<Told[]>,
  used: number,
): AsyncGenerator<Turn, Told[]> {
  let turns = 1;
  let sums: Int32Array | Float64Array | undefined;
  for (;;) {
    const asked = performance.now();
    const answers = (await ask({ turns, sums })).slice(0, used);
    const [first] = answers;
    yield* (first.turns ?? []) as Turn[];
    if (first.done) return answers;
    sums = first.numbers && addUp(answers.map(({ numbers }) => numbers ?? new Int32Array(0)));
    if (sums) turns = 1;
    else turns = nextTurns(turns, performance.now() - asked);
  }
}

function nextTurns(turns: number, milliseconds: number): number {
  if (milliseconds < messageInterval.least) return 2 * turns;
  return milliseconds > messageInterval.most ? Math.max(1, Math.floor(turns / 2)) : turns;
}

/** Place by place, into the first. */
function addUp(parts: readonly (Int32Array | Float64Array)[]): Int32Array | Float64Array {
  const [sums, ...others] = parts;
  for (const part of others) addNumbers(sums, part);
  return sums;
}

/** A page without the headers may have the class, but not send such a memory. */
export function mayShare(): boolean {
  return typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated !== false;
}

/** Runs an iterator to its end. */
export async function drained<Result>(steps: AsyncGenerator<unknown, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
  }
}
