// One shard of a run, from whatever has happened before to its end. What a shard computes follows from the
// data and from the sums of the rounds so far, which the log of the run holds: a new holder computes all
// again, with the logged sums, and has the same bits. Where there is a checkpoint, it computes what came after.
import type { Redis } from "ioredis";
import { Team } from "../threads/team.js";
import { ClusterError } from "./cluster-error.js";
import { Frames, type Message, piecesOf } from "./frame.js";
import { byShard, type Reply, RunStore } from "./run-store.js";
import type { SentInputs } from "./sent-inputs.js";
import type { ShardJob } from "./shard-job.js";
import { type Task, tasks } from "./tasks.js";
import type { Answer, Request } from "./thread-protocol.js";

/** How a shard ended here: its work is done; the run has ended; the shard is somebody else's; it was given back. */
export type Outcome = "finished" | "ended" | "lost" | "given back";

/** Longest wait for sums before a shard looks whether all is as it believes, in milliseconds. */
const longestWait = 1000;
/** Between two notes of the progress. */
const pause = 100;

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
  #team: Team<Request, Answer> | undefined;
  #known = new Map<number, Buffer>();
  #noted = 0;
  #released = false;

  /**
   * @param threads - that compute it. What they hand in is added up before it is sent.
   * @param redis - for commands that answer at once.
   * @param waiting - for commands that wait.
   * @param token - of this holder, unlike any other's.
   */
  constructor(
    readonly job: ShardJob,
    readonly threads: number,
    redis: Redis,
    readonly waiting: Redis,
    readonly token: string,
    readonly name: string,
    readonly report: (line: string) => void,
    readonly inputs: SentInputs,
  ) {
    this.#store = new RunStore(redis, job.run);
    this.#frames = new Frames(job.program);
  }

  /** Gives the shard back, to whoever takes it next. */
  release(): void {
    this.#released = true;
    this.#team?.terminate();
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
        await this.#team?.terminate();
        this.#known.clear();
      }
    }
  }

  async #compute(): Promise<Outcome> {
    const { threads } = this;
    const { shard, shards } = this.job;
    const known = this.inputs.of(this.job);
    const hold = await this.#store.hold(shard, this.token, shards, known !== undefined);
    const [behindUs, saved, input, state] = expect(hold, "held").slice(1) as Buffer[];
    const live = Number(behindUs);
    const from = Number(saved) || undefined;
    const { url, exchange } = this.#task;
    this.#team = new Team(exchange ? threads : 1, url);
    const data = { ...this.job, threads, from, ...this.#begun(input, state, from, known) };
    const begun = await this.#ask((thread) => ({ begin: { ...data, thread } }));
    const lost = begun.find((answer) => answer.lost)?.lost;
    if (lost !== undefined && from !== undefined) await this.#goBack(from, lost);
    const used = begun.filter(({ idle }) => !idle).length;
    let sums: Message | undefined;
    let [round, replayed] = [from ?? 1, 0];
    for (;;) {
      const known = round < live;
      const told = await this.#ask((thread) => (thread < used ? { advance: { sums, known } } : {}));
      const answers = told.slice(0, used);
      const [first] = answers;
      sums = undefined;
      if (first.progress && exchange) this.#note(first.progress);
      if (exchange === undefined) await this.#checkHeld();
      else if (first.message) {
        if (round < live) replayed++;
        else if (replayed > 0) {
          await this.#count(replayed, from);
          replayed = 0;
        }
        const messages = answers.flatMap(({ message }) => message ?? []);
        sums = await this.#sumsOf(round, exchange, messages, known, first.kept);
        round++;
      }
      if (first.done) return this.#finish(answers);
    }
  }

  /** The checkpoint is lost: all shards go back to the start. */
  async #goBack(from: number, why: string): Promise<never> {
    this.report(`the checkpoint of exchange ${from} is lost, and all shards go back: ${why}`);
    expect(await this.#store.goBack(this.job.shard, this.token, from), "done");
    throw new Behind();
  }

  /** Exchanges that were computed again. */
  async #count(replayed: number, from: number | undefined): Promise<void> {
    const where = from === undefined ? "" : `, from the checkpoint of exchange ${from} on`;
    this.report(`has computed ${replayed} exchanges again${where}`);
    expect(await this.#store.count(this.job.shard, this.token, "replayed", replayed), "done");
  }

  /** What a run begins with whose coordinator sends that. */
  #begun(input: Buffer, state: Buffer, saved = 0, known: Uint8Array<ArrayBuffer> | undefined) {
    const read = (bytes: Buffer, kind: "input" | "state", round: number) =>
      bytes.length === 0
        ? undefined
        : this.#frames.decode(bytes, kind, round, `the ${kind} of the run`).body;
    const sent = known ?? read(input, "input", 0);
    if (sent) this.inputs.keep(this.job, sent);
    return { input: sent, state: read(state, "state", saved) };
  }

  /** Who meets nobody asks now and then whether the shard is still to be computed here. */
  async #checkHeld(): Promise<void> {
    const now = performance.now();
    if (now - this.#noted < longestWait) return;
    this.#noted = now;
    expect(await this.#store.isHeld(this.job.shard, this.token), "done");
  }

  get #task(): Task {
    return tasks()[this.job.task];
  }

  async #ask(request: (thread: number) => Request): Promise<Answer[]> {
    const answers = await (this.#team as Team<Request, Answer>).askAll(request);
    const failed = answers.find(({ failure }) => failure);
    if (failed?.failure) throw new Error(failed.failure.message);
    return answers;
  }

  /** The sums of a round over all shards. Whoever finds that all have handed in adds them up, for all. */
  async #sumsOf(
    round: number,
    exchange: NonNullable<Task["exchange"]>,
    messages: readonly Message[],
    isLogged: boolean,
    kept?: boolean,
  ): Promise<Message> {
    const { shard } = this.job;
    const message = exchange.join(messages);
    const { kind } = message;
    const mine = this.#frames.encode({ ...message, round });
    for (let frame: Buffer | "" = mine, waits = isLogged; ; waits = true) {
      const logged = await this.#logged(round, waits);
      if (logged) {
        const from = `round ${round} in the log`;
        return this.#frames.decode(logged, kind, round, from);
      }
      // It was left out, for the sums were there: Redis has lost them, or a later state holds them.
      if (isLogged && message.body.length === 0) throw new Behind();
      const [word, ...parts] = expect(
        await this.#store.handIn(shard, this.token, round, frame),
        ...["late", "missing", "waiting", "complete"],
      );
      frame = word === "missing" ? mine : "";
      if (word !== "complete") continue;
      const all = [...byShard(parts)].map(([from, bytes]) =>
        this.#frames.decode(bytes, kind, round, `what shard ${from} handed in`),
      );
      const sums = exchange.addUp(all);
      const told = this.#frames.encode({ ...sums, round });
      expect(await this.#store.publish(shard, this.token, round, told, kept), "done", "late");
      return sums;
    }
  }

  /** The logged sums of a round, where they are there, or come in while it waits. */
  async #logged(round: number, waits: boolean): Promise<Buffer | undefined> {
    if (waits && !this.#known.has(round)) {
      this.#known = await this.#store.sums(this.waiting, round, longestWait);
      // Later ones are there, but not it: the log has been cut, for there is a checkpoint.
      if (this.#known.size > 0 && !this.#known.has(round)) throw new Behind();
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

  /** Hands in what the threads have made. */
  async #finish(answers: readonly Answer[]): Promise<Outcome> {
    const { shard } = this.job;
    const made = answers.flatMap(({ made }) => made ?? []);
    const { count, piece } = piecesOf(this.#frames, "result", made);
    for (let q = 0; q < count; q++) {
      expect(await this.#store.finish(shard, this.token, q, piece(q), count), "done");
    }
    return "finished";
  }
}

/** The reply, where it is one of those that let the shard go on. */
function expect(reply: Reply, ...words: readonly string[]): Reply {
  const [word] = reply;
  if (words.includes(word)) return reply;
  switch (word) {
    case "ahead":
      throw new Behind();
    case "refused":
      throw new Over("lost");
    default:
      throw new Over("ended");
  }
}
