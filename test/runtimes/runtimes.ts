// The runtimes that the package must give the same bits on, and how each one is started.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { chromiumPath } from "./chromium.mjs";
import { edgeRuntime } from "./edge.js";
import { bundle, modules, type Runtime, repository } from "./project.js";

/** Runtimes that are started as `program print.js`. */
function commandLine(name: string, program: string, ...args: string[]): Runtime {
  return {
    name,
    program: join(modules, program),
    async run({ folder }) {
      const { stdout } = await promisify(execFile)(this.program, [...args, "print.js"], {
        cwd: folder,
      });
      return stdout;
    },
  };
}

const workerd: Runtime = {
  name: "workerd",
  program: join(modules, "@cloudflare/workerd-linux-64/bin/workerd"),
  async run(project) {
    await bundle(
      project,
      "worker.js",
      `import { conformance } from "./conformance.js";
       export default { fetch: () => new Response(JSON.stringify(conformance())) };`,
      { conditions: ["workerd"], external: ["*.wasm?module"] },
    );
    await copyFile(
      join(repository, "dist/edge/kernels.wasm"),
      join(project.folder, "kernels.wasm"),
    );
    // A date before 2025-06-01: code generation from bytes is refused everywhere.
    await writeFile(
      join(project.folder, "config.capnp"),
      `using Workerd = import "/workerd/workerd.capnp";
       const config :Workerd.Config = (
         services = [(name = "main", worker = .worker)],
         sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
       );
       const worker :Workerd.Worker = (
         modules = [
           (name = "worker.js", esModule = embed "worker.js"),
           (name = "kernels.wasm?module", wasm = embed "kernels.wasm")
         ],
         compatibilityDate = "2025-01-01"
       );`,
    );
    const server = spawn(this.program, ["serve", "--control-fd=3", "config.capnp"], {
      cwd: project.folder,
      stdio: ["ignore", "inherit", "inherit", "pipe"],
    });
    try {
      return await (await fetch(`http://127.0.0.1:${await workerdPort(server)}`)).text();
    } finally {
      server.kill();
    }
  },
};

/** workerd reports the port that it listens on through the control pipe. */
function workerdPort(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`workerd ended with code ${code}`)));
    server.stdio[3]?.once("data", (line) => resolve(JSON.parse(String(line)).port));
  });
}

const chromium: Runtime = {
  name: "Chromium",
  program: chromiumPath() ?? "",
  async run(project) {
    await bundle(
      project,
      "page.js",
      `import { conformance } from "./conformance.js";
       let body;
       try { body = JSON.stringify(conformance()); } catch (error) { body = String(error); }
       fetch("/result", { method: "POST", body });`,
    );
    const script = await readFile(join(project.folder, "page.js"));
    let report: (result: string) => void;
    const result = new Promise<string>((resolve) => {
      report = resolve;
    });
    const server = createServer(async (request, response) => {
      if (request.method === "POST") report(await text(request));
      const isScript = request.url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? script : '<script type="module" src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run";
    const quiet = "--disable-background-networking --disable-component-update --disable-sync";
    const profile = `--user-data-dir=${join(project.folder, "chromium")}`;
    const browser = spawn(
      this.program,
      [...`${flags} ${quiet}`.split(" "), profile, `http://127.0.0.1:${port}/`],
      { stdio: "ignore" },
    );
    const ended = new Promise((resolve) => browser.once("close", resolve));
    const failed = new Promise<never>((_, reject) => browser.once("error", reject));
    try {
      return await Promise.race([result, failed]);
    } finally {
      browser.kill();
      await ended;
      server.close();
      server.closeAllConnections();
    }
  },
};

export const runtimes: Runtime[] = [
  commandLine("Node 20", "node20/bin/node"),
  commandLine("Node 22", "node22/bin/node"),
  commandLine("Node 24", "node24/bin/node"),
  commandLine("Node 26", "node26/bin/node"),
  commandLine("Deno", "@deno/linux-x64-glibc/deno", "run"),
  commandLine("Bun", "@oven/bun-linux-x64-baseline/bin/bun"),
  workerd,
  edgeRuntime,
  chromium,
];

const isInstalled = ({ program }: Runtime) => existsSync(program);

/** Where LOWRANK_ALL_RUNTIMES is set a missing runtime fails its test instead of skipping it. */
export const canRun = (runtime: Runtime) =>
  isInstalled(runtime) || Boolean(process.env.LOWRANK_ALL_RUNTIMES);
