// Pages of a server of our own, opened in browsers without a window.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { chromiumPath, cogPath, firefoxPath, miniBrowserPath } from "./browsers.mjs";
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

export interface Browser {
  name: string;
  /** Path of the program, "" where there is none. */
  program: string;
  /** What it is started with, before the address: it keeps all it writes in the folder `home`. */
  prepare(home: string): string[] | Promise<string[]>;
  /** Whether it draws on a screen: Xvfb's. */
  onScreen?: boolean;
}

export const chromium: Browser = {
  name: "Chromium",
  program: chromiumPath() ?? "",
  prepare(home) {
    const flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run";
    const quiet = "--disable-background-networking --disable-component-update --disable-sync";
    // Containers have little shared memory.
    return [...`${flags} ${quiet} --disable-dev-shm-usage`.split(" "), `--user-data-dir=${home}`];
  },
};

export const firefox: Browser = {
  name: "Firefox",
  program: firefoxPath() ?? "",
  async prepare(home) {
    // It opens no pages of its own, and asks nobody for anything.
    const settings = ["datareporting.policy.dataSubmissionEnabled", "app.normandy.enabled"]
      .concat("browser.aboutwelcome.enabled", "network.captive-portal-service.enabled")
      .map((name) => `user_pref("${name}", false);`);
    await writeFile(join(home, "user.js"), settings.join("\n"));
    return ["--headless", "--no-remote", "--profile", home];
  },
};

export const webKitGtk: Browser = {
  name: "WebKitGTK",
  program: miniBrowserPath() ?? "",
  prepare: () => ["--private"],
  onScreen: true,
};

/** Its version 2.38 has no SIMD, as Safari 16.0 had none. */
export const wpe: Browser = {
  name: "WPE WebKit",
  program: cogPath() ?? "",
  prepare: () => ["--platform=headless"],
};

/** A screen for a browser that needs one: its number, and how it is put away. */
async function openScreen({ onScreen }: Browser): Promise<{ display?: string; close(): void }> {
  if (!onScreen) return { close() {} };
  const flags = ["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "800x600x24"];
  const server = spawn("Xvfb", flags, { stdio: ["ignore", "pipe", "ignore"] });
  const [number] = await Promise.race([
    once(server.stdout, "data"),
    once(server, "exit").then(([code]) => Promise.reject(new Error(`Xvfb ended with ${code}`))),
  ]);
  return { display: `:${String(number).trim()}`, close: () => server.kill() };
}

/** What the program says of itself. */
export async function versionOf(browser: Browser): Promise<string> {
  const { display, close } = await openScreen(browser);
  const env = { ...process.env, DISPLAY: display };
  const { stdout } = await promisify(execFile)(browser.program, ["--version"], { env });
  close();
  return /[\d.]+/.exec(stdout)?.[0] ?? "unknown";
}

/**
 * The string, or promise of one, that `source` assigns to `globalThis.answer` in a page served with
 * `headers`, an empty one unless another is given. The address /worker.js has the program of
 * lowrank/threads' workers, /lora-worker.js that of lowrank/lora/threads, /fit-worker.js that of fits.
 */
export async function runInPage(
  browser: Browser,
  project: Project,
  source: string,
  headers: Record<string, string>,
  { html, scripts }: Page = { html: "", scripts: {} },
): Promise<string> {
  await bundle(project, "page.js", source);
  await bundle(project, "lora-worker.js", 'import "lowrank/lora/worker.js"');
  await bundle(project, "fit-worker.js", 'import "lowrank/threads/fit-worker.js"');
  const page = `const body = await import("/page.js").then(() => globalThis.answer).catch(String);
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
  const home = join(project.folder, browser.name);
  await mkdir(home, { recursive: true });
  const args = [...(await browser.prepare(home)), `http://127.0.0.1:${port}/`];
  const screen = await openScreen(browser);
  // Not everybody's home may be written.
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, DISPLAY: screen.display };
  const child: ChildProcess = spawn(browser.program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env,
  });
  const said = text(child.stderr!);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", async (code) => {
      reject(new Error(`${browser.name} ended with code ${code}: ${(await said).slice(-1000)}`));
    });
  });
  failed.catch(() => {});
  try {
    return await Promise.race([result, failed]);
  } finally {
    child.kill();
    await ended;
    screen.close();
    server.close();
    server.closeAllConnections();
  }
}
