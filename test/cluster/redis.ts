// A Redis of a test's own, on loopback and a free port.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** Why there is none, for `testWith`. In CI, where everything must be there, nothing is missing. */
export const missingRedis =
  process.env.LOWRANK_ALL_RUNTIMES || spawnSync("redis-server", ["--version"]).status === 0
    ? undefined
    : "no redis-server: npm run runtimes:install installs it";

export interface OwnRedis {
  readonly url: string;
  readonly client: Redis;
  /** Kills it, and starts it again on what it has written. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

export async function startRedis(password?: string): Promise<OwnRedis> {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-redis-"));
  const port = await freePort();
  const given = [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
    ...["--appendonly", "yes", "--appendfsync", "everysec"],
    ...(password === undefined ? [] : ["--requirepass", password]),
  ];
  let server: ChildProcess;
  const start = () => {
    server = spawn("redis-server", given, { stdio: "ignore" });
  };
  const kill = async () => {
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  };
  start();
  const client = new Redis({
    ...{ port, host: "127.0.0.1", maxRetriesPerRequest: null, retryStrategy: () => 50 },
    ...(password === undefined ? {} : { password }),
  });
  client.on("error", () => {});
  await client.ping();
  return {
    url: `redis://127.0.0.1:${port}`,
    client,
    async restart() {
      await kill();
      start();
      await client.ping();
    },
    async stop() {
      client.disconnect();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
