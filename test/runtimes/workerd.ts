// workerd, the engine of Cloudflare Workers, serving a worker that was bundled into a folder.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { modules } from "./project.js";

export const workerdPath = join(modules, "@cloudflare/workerd-linux-64/bin/workerd");

/**
 * Serves worker.js of a folder, which imports kernels.wasm beside it and the data files that are named.
 *
 * @param compatibilityDate - the day whose behaviour workerd has.
 */
export async function serveWorker(folder: string, compatibilityDate: string, data: string[] = []) {
  const files = data.map((name) => `, (name = "${name}", data = embed "${name}")`);
  await writeFile(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
     const config :Workerd.Config = (
       services = [(name = "main", worker = .worker)],
       sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
     );
     const worker :Workerd.Worker = (
       modules = [
         (name = "worker.js", esModule = embed "worker.js"),
         (name = "kernels.wasm?module", wasm = embed "kernels.wasm")${files.join("")}
       ],
       compatibilityDate = "${compatibilityDate}"
     );`,
  );
  const server = spawn(workerdPath, ["serve", "--control-fd=3", "config.capnp"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  return {
    address: `http://127.0.0.1:${await portOf(server)}`,
    pid: server.pid!,
    stop: () => server.kill(),
  };
}

/** workerd reports the port that it listens on through the control pipe. */
function portOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`workerd ended with code ${code}`)));
    server.stdio[3]?.once("data", (line) => resolve(JSON.parse(String(line)).port));
  });
}
