// A run in Redis, as workers and the coordinator see it.
import type { Redis } from "ioredis";
import { ClusterError } from "./cluster-error.js";
import { scripts } from "./scripts.js";

/** All that the package keeps in a Redis. The braces keep a run's keys in one slot of a Redis Cluster. */
export const prefix = "lowrank";
const parts = [
  "run",
  "coordinator",
  "holders",
  "up",
  "log",
  "finished",
  "results",
  "input",
  "state",
] as const;
type Part = (typeof parts)[number];

/** What a script answers: a word, and what belongs to it. */
export type Reply = readonly [string, ...(Buffer | Buffer[])[]];

/** Texts by name, as Redis lists a hash. */
export function textsOf(list: readonly Buffer[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (let i = 0; i < list.length; i += 2) texts[String(list[i])] = String(list[i + 1]);
  return texts;
}

/** Bytes by the number of a shard, as Redis lists a hash. */
export function byShard(list: readonly (Buffer | Buffer[])[]): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let i = 0; i < list.length; i += 2) found.set(Number(list[i]), list[i + 1] as Buffer);
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** What shards begin with. */
export interface Saved {
  input?: Buffer;
  state?: Buffer;
  /** The round that is on in this state, and the first one whose sums may still be needed. */
  round?: number;
  keep?: number;
}

export class RunStore {
  constructor(
    readonly redis: Redis,
    readonly run: string,
  ) {}

  key(part: Part): string {
    return `${prefix}:{${this.run}}:${part}`;
  }

  /** @throws ClusterError where Redis has no room left. */
  async #script(
    script: keyof typeof scripts,
    keys: readonly Part[],
    ...values: (string | number | Buffer)[]
  ): Promise<Reply> {
    const names = keys.map((part) => this.key(part));
    try {
      const reply = (await this.redis.callBuffer(
        "EVAL",
        scripts[script],
        names.length,
        ...names,
        ...values,
      )) as Buffer[];
      const [word, ...rest] = reply;
      return [String(word), ...rest];
    } catch (error) {
      const { message } = error as Error;
      if (!/^(OOM|MISCONF|NOPERM|READONLY|WRONGTYPE)|OOM command/.test(message)) throw error;
      throw new ClusterError(`run ${this.run}: Redis refuses what a run needs: ${message}`);
    }
  }

  /** @param hasInput - it need not be sent. */
  hold = (shard: number, token: string, shards: number, hasInput: boolean) =>
    this.#script(
      "hold",
      ["run", "holders", "input", "state"],
      ...[shard, token, shards, hasInput ? 1 : 0],
    );

  isHeld = (shard: number, token: string) =>
    this.#script("isHeld", ["run", "holders"], shard, token);

  letGo = (shard: number, token: string) => this.#script("letGo", ["run", "holders"], shard, token);

  handIn = (shard: number, token: string, round: number, frame: Buffer | "") =>
    this.#script("handIn", ["run", "holders", "up"], shard, token, round, frame);

  publish = (shard: number, token: string, round: number, frame: Buffer, kept = false) =>
    this.#script(
      "publish",
      ["run", "holders", "up", "log"],
      ...[shard, token, round, frame, kept ? 1 : 0],
    );

  goBack = (shard: number, token: string, saved: number) =>
    this.#script(
      "goBack",
      ["run", "holders", "up", "log", "finished", "results"],
      ...[shard, token, saved],
    );

  count = (shard: number, token: string, field: string, more: number) =>
    this.#script("count", ["run", "holders"], shard, token, field, more);

  note = (shard: number, token: string, field: string, value: string) =>
    this.#script("note", ["run", "holders"], shard, token, field, value);

  fail = (shard: number, token: string, why: string) =>
    this.#script("fail", ["run", "holders"], shard, token, why);

  finish = (shard: number, token: string, piece: number, frame: Buffer, pieces: number) =>
    this.#script(
      "finish",
      ["run", "holders", "finished", "results"],
      ...[shard, token, piece, frame, pieces],
    );

  /** @param resplit - into how many shards a run that is gone on with is split from now on. */
  lead = (
    token: string,
    lease: number,
    resume: boolean,
    resplit: number | undefined,
    record: Record<string, string>,
  ) =>
    this.#script(
      "lead",
      parts,
      ...[token, lease, resume ? 1 : 0, resplit ?? "", ...Object.entries(record).flat()],
    );

  save = (token: string, { input, round = 0, state, keep = 0 }: Saved) =>
    this.#script(
      "save",
      ["run", "coordinator", "input", "state", "log"],
      ...[token, input ?? "", round, state ?? "", keep],
    );

  watch = (token: string, lease: number) => this.#script("watch", parts, token, lease);

  resign = (token: string, state: string) => this.#script("resign", parts, token, state);

  clear = (token: string) => this.#script("clear", parts, token);

  /** The state that a run was saved in last, and its round. */
  async state(): Promise<{ round: number; frame: Buffer } | undefined> {
    const [frame, record] = await Promise.all([
      this.redis.getBuffer(this.key("state")),
      this.record(),
    ]);
    return frame === null ? undefined : { round: Number(record.saved), frame };
  }

  /** What is written about the run; empty where there is none. */
  record = (): Promise<Record<string, string>> => this.redis.hgetall(this.key("run"));

  /** How many shards are done. */
  finished = (): Promise<number> => this.redis.hlen(this.key("finished"));

  /** What a finished shard has handed in. */
  async result(shard: number): Promise<Buffer[]> {
    const pieces = Number(await this.redis.hget(this.key("finished"), String(shard)));
    const found: Buffer[] = [];
    for (let piece = 0; piece < pieces; piece++) {
      const bytes = await this.redis.hgetBuffer(this.key("results"), `${shard}.${piece}`);
      found.push(bytes ?? Buffer.alloc(0));
    }
    return found;
  }

  /**
   * Sums of rounds from `round` on, as far as they are known; waits for the first of them for `milliseconds`.
   *
   * @param redis - a connection that may wait.
   */
  async sums(redis: Redis, round: number, milliseconds: number): Promise<Map<number, Buffer>> {
    const streams = (await redis.callBuffer(
      "XREAD",
      ...["COUNT", 16, "BLOCK", milliseconds, "STREAMS", this.key("log"), `${round - 1}-0`],
    )) as [Buffer, [Buffer, Buffer[]][]][] | null;
    const entries = streams?.[0][1] ?? [];
    return new Map(entries.map(([id, [, sums]]) => [Number.parseInt(String(id), 10), sums]));
  }
}
