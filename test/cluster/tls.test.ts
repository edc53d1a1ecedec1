// A queue behind TLS, with a certificate of one's own and a password of all kinds of characters.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { testWith } from "../helpers/needs.js";
import { command, until } from "./processes.js";
import { freePort, missingRedis } from "./redis.js";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const test = testWith(missingRedis ?? (hasOpenssl ? undefined : "no openssl"));

test("rediss:// with the certificate of NODE_EXTRA_CA_CERTS; without it, or the password, it is refused by name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-tls-"));
  const [key, certificate] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
    ],
    { stdio: "ignore" },
  );
  const password = "p@ss:/?#%w";
  const port = await freePort();
  const server = spawn("redis-server", [
    ...["--port", "0", "--tls-port", String(port), "--bind", "127.0.0.1", "--save", ""],
    ...["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate],
    ...["--tls-auth-clients", "no", "--requirepass", password],
  ]);
  let output = "";
  server.stdout.on("data", (text) => {
    output += text;
  });
  const status = (word: string, env: object) => {
    const url = `rediss://:${encodeURIComponent(word)}@127.0.0.1:${port}`;
    const options = { encoding: "utf8", env: { ...process.env, ...env } } as const;
    return spawnSync(process.execPath, [command, "status", "--queue", url], options);
  };
  try {
    await until(() => output.includes("Ready to accept connections"));
    const trusted = { NODE_EXTRA_CA_CERTS: certificate };
    expect(status(password, trusted)).toMatchObject({
      status: 0,
      stdout: "no workers\nno runs\n",
    });
    expect(status(password, {})).toMatchObject({
      status: 2,
      stderr: `lowrank status: no Redis answers at rediss://127.0.0.1:${port}: self-signed certificate\n`,
    });
    const wrong = status("wrong", trusted);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain("refuses the user or the password of the address");
  } finally {
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
  }
});
