// The Redis that a run lives in.
import type { Redis as RedisClient } from "ioredis";
import { describe } from "../check/describe.js";
import { ClusterError } from "./cluster-error.js";
import { type BullMQ, loadPeers } from "./peers.js";

/** How long a first answer may take, in milliseconds. */
const patience = 5000;
/** How long the end of a connection may take, also of one that was refused: ioredis would wait two seconds. */
const farewell = 100;

export interface Connection {
  readonly bullmq: BullMQ;
  readonly redis: RedisClient;
  /** Another connection, for commands that wait. */
  another(): RedisClient;
  close(): void;
}

/** The address, without what only its owner should see. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}

/** @throws TypeError where it is not the address of a Redis. */
export function checkConnection(name: string, what: string, connection: unknown): URL {
  const given = typeof connection === "string" || connection instanceof URL ? connection : "";
  try {
    const url = new URL(given);
    if (/^rediss?:$/.test(url.protocol) && url.hostname !== "") return url;
  } catch {
    // Said below.
  }
  // It may hold a password, so what was given is not repeated.
  const shown = given === "" ? describe(connection) : "not such an address";
  throw new TypeError(
    `${name}: ${what} is ${shown}: it must be the address of a Redis, as ` +
      "redis://host:6379 or, with TLS, rediss://user:password@host:6379",
  );
}

/**
 * Connects. Later, when the connection breaks, commands wait until there is one again.
 *
 * @throws ClusterError where no Redis answers, or not to this user.
 */
export async function connect(name: string, connection: unknown): Promise<Connection> {
  const url = checkConnection(name, "connection", connection);
  const { bullmq, Redis } = loadPeers(name);
  let connected = false;
  const redis = new Redis(url.href, {
    lazyConnect: true,
    connectTimeout: patience,
    disconnectTimeout: farewell,
    // BullMQ wants commands that wait as long as they must.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (connected ? Math.min(50 * times, 1000) : null),
  });
  let reason = "";
  const remember = (error: Error) => {
    reason = error.message;
  };
  const all = [redis];
  redis.on("error", remember);
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const why = reason || (error as Error).message;
    const refused = /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH)/.test(why);
    throw new ClusterError(
      refused
        ? `${name}: the Redis at ${shown(url)} refuses the user or the password of the address: ${why}`
        : `${name}: no Redis answers at ${shown(url)}: ${why || "the connection was closed"}`,
    );
  }
  connected = true;
  return {
    bullmq,
    redis,
    another() {
      const copy = redis.duplicate({ lazyConnect: false });
      copy.on("error", remember);
      all.push(copy);
      return copy;
    },
    close() {
      for (const one of all) one.disconnect();
    },
  };
}
