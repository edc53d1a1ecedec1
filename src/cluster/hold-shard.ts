// One shard of a run, from whatever has happened before to its end. What a shard computes follows from the
// data and from the sums of the rounds so far, which the log of the run holds: a new holder computes all
// again, with the logged sums, and has the same bits.
import type { Redis } from "ioredis";
import { Team } from "../threads/team.js";
import { ClusterError } from "./cluster-error.js";
import { addUp, Frames, largestBody, type Message } from "./frame.js";
import { threadUrl } from "./program.js";
import { byShard, type Reply, RunStore } from "./run-store.js";
import type { ShardJob } from "./shard-job.js";
import type { Answer, Request } from "./thread-protocol.js";

/** How a shard ended here: its work is done; the run has ended; the shard is somebody else's; it was given back. */
export type Outcome = "finished" | "ended" | "lost" | "given back";

/** Longest wait for sums before a shard looks whether all is as it believes, in milliseconds. */
const longestWait = 1000;
/** Between two notes of the progress, and two looks whether all rows are there. */
const pause = 100;
const modelPiece = largestBody / 4;

/** Redis is behind: it was restarted and has lost the last moments. The shard goes back to what is known. */
class Behind extends Error {}

/** The shard is not to be computed here any more. */
class Over extends Error {
  constructor(readonly outcome: Outcome) {
    super(outcome);
  }
}

export class ShardHolder {
  readonly #store: RunStore;
  readonly #frames: Frames;
  #thread: Team<Request, Answer> | undefined;
  #known = new Map<number, Buffer>();
  #noted = 0;
  #released = false;

  /**
   * @param redis - for commands that answer at once.
   * @param waiting - for commands that wait.
   * @param token - of this holder, unlike any other's.
   */
  constructor(
    readonly job: ShardJob,
    redis: Redis,
    readonly waiting: Redis,
    readonly token: string,
    readonly name: string,
  ) {
    this.#store = new RunStore(redis, job.run);
    this.#frames = new Frames(job.program);
  }

  /** Gives the shard back, to whoever takes it next. */
  release(): void {
    this.#released = true;
    this.#thread?.terminate();
  }

  /** Computes the shard. What fails of it fails the run, and is said there. */
  async run(): Promise<Outcome> {
    for (;;) {
      try {
        return await this.#compute();
      } catch (error) {
        if (this.#released) {
          await this.#store.letGo(this.job.shard, this.token);
          return "given back";
        }
        if (error instanceof Over) return error.outcome;
        if (error instanceof Behind) continue;
        const { message } = error as Error;
        const why = `${this.name}: shard ${this.job.shard}: ${message}`;
        await this.#store.fail(this.job.shard, this.token, why);
        throw new ClusterError(why);
      } finally {
        await this.#thread?.terminate();
        this.#known.clear();
      }
    }
  }

  async #compute(): Promise<Outcome> {
    const { source, identity, shard, shards, options } = this.job;
    const [, current] = expect(await this.#store.hold(shard, this.token), "held");
    const behindUs = Number(current);
    this.#thread = new Team(1, threadUrl());
    await this.#ask({ begin: { source, identity, shard, shards, options } });
    let sums: Message | undefined;
    for (let round = 1; ; ) {
      const answer = await this.#ask({ advance: { sums } });
      sums = undefined;
      if (answer.progress) this.#note(answer.progress);
      if (answer.message) {
        sums = await this.#sumsOf(round, answer.message, round < behindUs);
        round++;
      }
      if (answer.done) return this.#finish(answer);
    }
  }

  async #ask(request: Request): Promise<Answer> {
    const [answer] = await (this.#thread as Team<Request, Answer>).askAll(() => request);
    if (answer.failure) throw new Error(answer.failure.message);
    return answer;
  }

  /** The sums of a round over all shards. Whoever finds that all have handed in adds them up, for all. */
  async #sumsOf(round: number, message: Message, isLogged: boolean): Promise<Message> {
    const { shard } = this.job;
    const { kind } = message;
    const mine = this.#frames.encode({ ...message, round });
    for (let frame: Buffer | "" = mine, waits = isLogged; ; waits = true) {
      const logged = await this.#logged(round, waits);
      if (logged) {
        const from = `round ${round} in the log`;
        return this.#frames.decode(logged, kind, round, from);
      }
      const [word, ...parts] = expect(
        await this.#store.handIn(shard, this.token, round, frame),
        ...["late", "missing", "waiting", "complete"],
      );
      frame = word === "missing" ? mine : "";
      if (word !== "complete") continue;
      const all = [...byShard(parts)].map(([from, bytes]) =>
        this.#frames.decode(bytes, kind, round, `what shard ${from} handed in`),
      );
      const sums = addUp(all);
      const told = this.#frames.encode({ ...sums, round });
      expect(await this.#store.publish(shard, this.token, round, told), "done", "late");
      return sums;
    }
  }

  /** The logged sums of a round, where they are there, or come in while it waits. */
  async #logged(round: number, waits: boolean): Promise<Buffer | undefined> {
    if (waits && !this.#known.has(round)) {
      this.#known = await this.#store.sums(this.waiting, round, longestWait);
    }
    return this.#known.get(round);
  }

  /** The first shard says how far the fit is. */
  #note(progress: unknown): void {
    const now = performance.now();
    if (this.job.shard > 0 || now - this.#noted < pause) return;
    this.#noted = now;
    // Whether it arrives does not matter.
    this.#store
      .note(this.job.shard, this.token, "progress", JSON.stringify(progress))
      .catch(() => {});
  }

  /** Hands the rows in; the first shard waits for those of the others, and makes the model. */
  async #finish({ made }: Answer): Promise<Outcome> {
    const { shard } = this.job;
    const round = 0;
    if (made) {
      const frame = this.#frames.encode({ kind: "rows", round, body: made });
      expect(await this.#store.finish(shard, this.token, frame), "done");
      return "finished";
    }
    for (;;) {
      const [word, ...parts] = expect(
        await this.#store.gather(shard, this.token),
        ...["waiting", "complete"],
      );
      if (word === "complete") {
        const others = [...byShard(parts)].map(
          ([from, bytes]) =>
            this.#frames.decode(bytes, "rows", round, `the rows of shard ${from}`).body,
        );
        const { model } = await this.#ask({ assemble: others });
        await this.#handOver(model as Uint8Array<ArrayBuffer>);
        return "finished";
      }
      if (this.#released) throw new Over("given back");
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #handOver(model: Uint8Array<ArrayBuffer>): Promise<void> {
    const pieces = Math.ceil(model.length / modelPiece);
    for (let piece = 0; piece < pieces; piece++) {
      const body = model.subarray(piece * modelPiece, (piece + 1) * modelPiece);
      const frame = this.#frames.encode({ kind: "model", round: piece, body });
      const { shard } = this.job;
      expect(await this.#store.model(shard, this.token, piece, frame, pieces), "done");
    }
  }
}

/** The reply, where it is one of those that let the shard go on. */
function expect(reply: Reply, ...words: readonly string[]): Reply {
  const [word] = reply;
  if (words.includes(word)) return reply;
  switch (word) {
    case "ahead":
    case "again":
      throw new Behind();
    case "refused":
      throw new Over("lost");
    default:
      throw new Over("ended");
  }
}
