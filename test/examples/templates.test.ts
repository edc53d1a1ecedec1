// The templates of examples/, each started as its README says, with a model of the bundled sample: they all
// recommend the same.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MatrixRanking, pca } from "../../src/index.js";
import { missingFile, testWith } from "../helpers/needs.js";
import { visitPage } from "../helpers/served-page.js";
import { chromiumPath } from "../runtimes/browsers.mjs";
import { deployed, runOnEdge } from "../runtimes/edge.js";
import {
  bundle,
  compile,
  deployedKernels,
  modules,
  removeProject,
  repository,
} from "../runtimes/project.js";
import { serveWorker, workerdPath } from "../runtimes/workerd.js";

const seen = ["Argo (2012)", "Lincoln (2012)"];
const query = `?${new URLSearchParams(seen.map((film) => ["seen", film]))}`;
const examples = join(repository, "examples");
// Machines that share a fit are tried by cluster.test.ts.
const templates = readdirSync(examples).filter(
  (name) => name !== "cluster" && existsSync(join(examples, name, "README.md")),
);

let scratch: string;
let films: string;
let expected: string[];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "lowrank-templates-"));
  films = join(scratch, "films.model");
  const [, ...train] = manifestOf("bun").scripts.model.split(" ");
  const command = join(repository, "dist/cli/main.js");
  await promisify(execFile)(process.execPath, [command, ...train], { cwd: scratch });
  const model = MatrixRanking.load(await readFile(films));
  expected = model.recommend(model.foldIn(seen), 3).map(({ id }) => id);
});
afterAll(() => removeProject({ folder: scratch }));

const manifestOf = (template: string) =>
  JSON.parse(readFileSync(join(examples, template, "package.json"), "utf8"));

/** A copy of a template with the model and what it depends on. */
async function copyOf(template: string): Promise<string> {
  const folder = await mkdtemp(join(scratch, `${template}-`));
  await cp(join(examples, template), folder, { recursive: true });
  const { dependencies, scripts } = manifestOf(template);
  const model = join(folder, scripts.model.split(" ").at(-1));
  await mkdir(join(model, ".."), { recursive: true });
  await copyFile(films, model);
  for (const name of Object.keys(dependencies)) {
    const from = name === "lowrank" ? repository : join(modules, name);
    const to = join(folder, "node_modules", name);
    await mkdir(join(to, ".."), { recursive: true });
    if (existsSync(from)) await symlink(from, to);
  }
  return folder;
}

/** `test`, where these files of test/runtimes/node_modules are installed. */
const testOn = (name: string, ...files: string[]) =>
  testWith(
    process.env.LOWRANK_ALL_RUNTIMES
      ? undefined
      : files
          .map((file) =>
            missingFile(join(modules, file), `${name} is not installed: npm run runtimes:install`),
          )
          .find((missing) => missing !== undefined),
  );

const answerOf = async (address: string) => {
  const response = await fetch(address);
  expect(response.status).toBe(200);
  return response.json();
};

/** Starts a server as `command` does, and asks it when it says where it listens. */
async function asked(folder: string, command: string[], path = "/"): Promise<unknown> {
  const [program, ...args] = command;
  const server = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, PORT: "0", BUN_PORT: "0", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    return await answerOf(`http://localhost:${await portOf(server)}${path}${query}`);
  } finally {
    server.kill();
    await once(server, "exit");
  }
}

function portOf(server: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on("data", (text) => {
        said += text;
        const port = /https?:\/\/[\w.]+:(\d+)/.exec(said)?.[1];
        if (port) resolve(port);
      });
    }
    server.once("error", reject);
    server.once("exit", () => reject(new Error(`the server ended: ${said}`)));
  });
}

testOn("workerd", workerdPath.slice(modules.length))(
  "cloudflare-worker answers 1,000 requests, 50 at a time, in memory that stays the same",
  async () => {
    const folder = await copyOf("cloudflare-worker");
    const settings = await readFile(join(folder, "wrangler.toml"), "utf8");
    const [main, date] = ["main", "compatibility_date"].map(
      (key) => new RegExp(`^${key} = "(.*)"$`, "m").exec(settings)![1],
    );
    await compile(
      "bundled/worker.js",
      {
        entryPoints: [join(folder, main)],
        ...{ bundle: true, conditions: ["workerd"], external: ["*.wasm?module", "*.model"] },
      },
      folder,
    );
    await copyFile(films, join(folder, "bundled/films.model"));
    await copyFile(deployedKernels("conformance"), join(folder, "bundled/kernels.wasm"));
    const server = await serveWorker(join(folder, "bundled"), date, ["films.model"]);
    const memory = async () => {
      const status = await readFile(`/proc/${server.pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) / 1024;
    };
    const request = async (count: number) => {
      for (let i = 0; i < count; i += 50) {
        const answers = Array.from({ length: 50 }, () => answerOf(server.address + query));
        for (const answer of await Promise.all(answers)) expect(answer).toEqual(expected);
      }
    };
    try {
      await request(500);
      const before = await memory();
      await request(1000);
      // workerd itself takes 3 to 7 MiB, for a worker that does nothing, too.
      expect(await memory()).toBeLessThan(before + 16);
    } finally {
      server.stop();
    }
  },
);

testOn("edge-runtime", "edge-runtime")("vercel-edge answers in the edge runtime", async () => {
  const folder = await copyOf("vercel-edge");
  const server = createServer(async (_, response) =>
    response.end(await readFile(join(folder, "public/films.model"))),
  ).listen(0);
  await once(server, "listening");
  const address = `http://localhost:${(server.address() as AddressInfo).port}/api/recommend${query}`;
  const answer = await runOnEdge(
    { folder },
    `import handler, { config } from "./api/recommend.js";
     globalThis.answer = handler(new Request(${JSON.stringify(address)}))
       .then(async (response) => config.runtime + await response.text());`,
    deployed,
  );
  server.close();
  expect(answer).toBe(`edge${JSON.stringify(expected)}`);
});

testOn("Next.js", "next")("next builds and answers", async () => {
  const folder = await copyOf("next");
  const next = [process.execPath, join(modules, "next/dist/bin/next")];
  const build = [...next.slice(1), "build", "--webpack"];
  await promisify(execFile)(process.execPath, build, { cwd: folder });
  expect(await asked(folder, [...next, "start", "--port", "0"], "/recommend")).toEqual(expected);
});

testOn("lambda-local", "lambda-local")("lambda answers its event", async () => {
  const folder = await copyOf("lambda");
  const { execute, setLogger } = createRequire(import.meta.url)(join(modules, "lambda-local"));
  const quiet = () => {};
  setLogger({ log: quiet, warn: quiet, error: quiet, info: quiet, transports: [] });
  const event = JSON.parse(await readFile(join(folder, "event.json"), "utf8"));
  for (const sent of [event, { multiValueQueryStringParameters: { seen } }]) {
    const lambdaPath = join(folder, "index.mjs");
    const { statusCode, body } = await execute({ event: sent, lambdaPath, esm: true });
    expect([statusCode, JSON.parse(body)]).toEqual([200, expected]);
  }
});

const deno = join(modules, "@deno/linux-x64-glibc/deno");
testOn("Deno", "@deno")("deno serves", async () => {
  const [, serve, ...args] = manifestOf("deno").scripts.start.split(" ");
  const command = [deno, serve, "--port=0", ...args];
  expect(await asked(await copyOf("deno"), command)).toEqual(expected);
});

testOn("Bun", "@oven")("bun serves", async () => {
  const bun = join(modules, "@oven/bun-linux-x64-baseline/bin/bun");
  expect(await asked(await copyOf("bun"), [bun, "server.js"])).toEqual(expected);
});

testOn(
  "Hono",
  "hono",
  "@hono/node-server",
)("hono serves", async () => {
  const command = [process.execPath, "server.js"];
  expect(await asked(await copyOf("hono"), command, "/recommend")).toEqual(expected);
});

test("react-native recommends where there is no WebAssembly", async () => {
  const folder = await copyOf("react-native");
  const program = `import { readFileSync } from "node:fs";
    import { recommenderOf } from "./recommender.js";
    console.log(JSON.stringify(recommenderOf(readFileSync("films.model"))(${JSON.stringify(seen)})));`;
  await bundle({ folder }, "program.mjs", program, { platform: "node" });
  const { stdout } = await promisify(execFile)(process.execPath, ["--jitless", "program.mjs"], {
    cwd: folder,
  });
  expect(JSON.parse(stdout)).toEqual(expected);
  const loader = { ".model": "file" } as const;
  const packages = ["react", "react-native", "expo-*"];
  await compile(
    "app.bundle.js",
    { entryPoints: [join(folder, "App.jsx")], bundle: true, loader, external: packages },
    folder,
  );
});

const quickjs = ["quickjs-emscripten-core", "@jitl/quickjs-wasmfile-release-sync"];
testOn("QuickJS", ...quickjs)("react-native recommends on QuickJS", async () => {
  const folder = await copyOf("react-native");
  const program = `import { recommenderOf } from "./recommender.js";
    globalThis.recommend = (bytes, seen) => recommenderOf(new Uint8Array(bytes))(seen);`;
  await bundle({ folder }, "quick.js", program, { format: "iife" });
  const [{ newQuickJSWASMModuleFromVariant }, { default: variant }] = await Promise.all(
    quickjs.map(
      (name) => import(pathToFileURL(createRequire(join(modules, "x.js")).resolve(name)).href),
    ),
  );
  const context = (await newQuickJSWASMModuleFromVariant(variant)).newContext();
  const run = (code: string) => context.unwrapResult(context.evalCode(code));
  run(await readFile(join(folder, "quick.js"), "utf8"));
  const bytes = Uint8Array.from(await readFile(films)).buffer;
  context.setProp(context.global, "bytes", context.newArrayBuffer(bytes));
  expect(context.dump(run(`recommend(bytes, ${JSON.stringify(seen)})`))).toEqual(expected);
});

testOn("Deno", "@deno")("the cells of notebook run one after the other", async () => {
  const folder = await copyOf("notebook");
  const { cells } = JSON.parse(await readFile(join(folder, "films.ipynb"), "utf8"));
  const code = cells.filter((cell: { cell_type: string }) => cell.cell_type === "code");
  const program = code.map(({ source }: { source: string[] }) => source.join("")).join("\n");
  await writeFile(join(folder, "cells.js"), program);
  const { stdout } = await promisify(execFile)(deno, ["run", "--allow-read", "cells.js"], {
    cwd: folder,
  });
  const model = MatrixRanking.load(await readFile(films));
  const { cols } = model.factors();
  const map = pca(cols, { components: 2 }).transform(cols);
  const alike = model.similarItems("Iron Man 3 (2013)", 3).map(({ id }) => id);
  for (const told of [...expected, ...alike, ...map.row(4)]) expect(stdout).toContain(String(told));
});

testWith(process.env.LOWRANK_ALL_RUNTIMES || chromiumPath() ? undefined : "Chromium is not here")(
  "import-map recommends in a page that nothing was bundled for",
  async () => {
    await visitPage(await copyOf("import-map"), ".", async (page) => {
      await page.getByRole("option", { name: seen[0] }).waitFor({ state: "attached" });
      await page.selectOption("#seen", seen);
      expect(await page.locator("#found li").allTextContents()).toEqual(expected);
    });
  },
);

test.each(templates)("the page of %s says how the model is made, and how it starts", (template) => {
  const readme = readFileSync(join(examples, template, "README.md"), "utf8");
  const { model, start } = manifestOf(template).scripts;
  const sample = "lowrank train --clicks --min-ratings 20 --out ";
  expect(model ?? sample).toMatch(new RegExp(`^${sample}`));
  expect(/(npm|bun) run model/.test(readme)).toBe(model !== undefined);
  expect(readme.includes("npm start") || readme.includes(start)).toBe(true);
});

test("docs/how-to/deploy.md has the templates in its table, and shows files of theirs as they are", () => {
  const page = readFileSync(join(repository, "docs/how-to/deploy.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| "));
  const named = rows.flatMap((row) => row.split("|")[2].match(/(?<=`)[\w-]+(?=`)/g) ?? []);
  expect([...named].sort()).toEqual(templates);
  const files = templates.flatMap((template) =>
    readdirSync(join(examples, template), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(m?js|toml)$/.test(file))
      .map((file) => `${file}\n${readFileSync(join(examples, template, file), "utf8")}`),
  );
  const shown = [...page.matchAll(/^```(?:js|toml)\n(?:\/\/|#) (.*?)^```$/gms)];
  expect(shown.length).toBeGreaterThan(5);
  expect(shown.map(([, text]) => text).filter((text) => !files.includes(text))).toEqual([]);
});
