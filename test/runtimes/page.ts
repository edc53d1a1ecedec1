// Pages of a server of our own, opened in a headless Chromium.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { chromiumPath } from "./browsers.mjs";
import { bundle, type Project, repository } from "./project.js";

/** What makes a page cross-origin isolated, so that it may share memory with its workers. */
export const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** A page of its own: what is in it, and its scripts by their addresses. */
export interface Page {
  html: string;
  scripts: Record<string, string | Buffer>;
}

/**
 * The string, or promise of one, that `source` assigns to `globalThis.answer` in a page served with
 * `headers`, an empty one unless another is given. The address /worker.js has the program of
 * lowrank/threads' workers, /lora-worker.js that of lowrank/lora/threads, /fit-worker.js that of fits.
 */
export async function runInChromium(
  project: Project,
  source: string,
  headers: Record<string, string>,
  { html, scripts }: Page = { html: "", scripts: {} },
): Promise<string> {
  await bundle(project, "page.js", source);
  await bundle(project, "lora-worker.js", 'import "lowrank/lora/worker.js"');
  await bundle(project, "fit-worker.js", 'import "lowrank/threads/fit-worker.js"');
  const page = `import "/page.js";
    const body = await globalThis.answer.catch(String);
    fetch("/result", { method: "POST", body });`;
  const files: Record<string, string | Buffer> = {
    "/page.js": await readFile(join(project.folder, "page.js")),
    "/fit-worker.js": await readFile(join(project.folder, "fit-worker.js")),
    "/lora-worker.js": await readFile(join(project.folder, "lora-worker.js")),
    "/worker.js": await readFile(join(repository, "dist/threads/worker.js")),
    "/main.js": page,
    ...scripts,
  };
  let report: (result: string) => void;
  const result = new Promise<string>((resolve) => {
    report = resolve;
  });
  const server = createServer(async (request, response) => {
    if (request.method === "POST") report(await text(request));
    const script = files[request.url ?? ""];
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader("content-type", script ? "text/javascript" : "text/html");
    response.end(script ?? `${html}<script type="module" src="/main.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run";
  const quiet = "--disable-background-networking --disable-component-update --disable-sync";
  const home = join(project.folder, "chromium");
  // Containers have little shared memory, and not everybody's home may be written.
  const places = ["--disable-dev-shm-usage", `--user-data-dir=${home}`];
  const browser = spawn(
    chromiumPath() ?? "",
    [...`${flags} ${quiet}`.split(" "), ...places, `http://127.0.0.1:${port}/`],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, HOME: home } },
  );
  const said = text(browser.stderr);
  const ended = new Promise((resolve) => browser.once("close", resolve));
  const failed = new Promise<never>((_, reject) => {
    browser.once("error", reject);
    browser.once("exit", async (code) => {
      reject(new Error(`Chromium ended with code ${code}: ${(await said).slice(-1000)}`));
    });
  });
  failed.catch(() => {});
  try {
    return await Promise.race([result, failed]);
  } finally {
    browser.kill();
    await ended;
    server.close();
    server.closeAllConnections();
  }
}
