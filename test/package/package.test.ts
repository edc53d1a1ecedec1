// The package as a user gets it: packed, installed from the tarball into an empty project, used.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build, transform } from "esbuild";
import { rollup } from "rollup";
import { build as buildWithVite, type Rollup } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { budgets, programOf, titleOf, weigh } from "../../scripts/budgets.mjs";
import { textOf } from "../../scripts/text-of-bytes.mjs";
import { codeBlocks } from "../helpers/examples.js";
import { missingFile, testWith } from "../helpers/needs.js";
import { writeTinyModel } from "../helpers/text-models.js";

/** Runs a program apart from the user's npm: no settings, no cache, and nothing that npm told us. */
function execute(program: string, args: string[], options: { cwd?: string } = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const npm = {
    npm_config_cache: join(folder, ".npm"),
    npm_config_userconfig: join(folder, ".npmrc"),
    npm_config_update_notifier: "false",
  };
  const env = { ...Object.fromEntries(own), ...npm };
  return promisify(execFile)(program, args, { ...options, env, maxBuffer: 2 ** 26 });
}
const repository = fileURLToPath(new URL("../..", import.meta.url));
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const runtimes = join(repository, "test/runtimes/node_modules");
const typescript57 = join(runtimes, "typescript57/bin/tsc");
const jest = join(runtimes, "jest/bin/jest.js");

/** What to do where a program of test/runtimes is missing; the CI has them all. */
function unlessAll(path: string, name: string): string | undefined {
  if (process.env.LOWRANK_ALL_RUNTIMES) return undefined;
  return missingFile(path, `${name} is not installed: npm run runtimes:install`);
}

let folder: string;
let tarball: { filename: string; size: number; files: { path: string }[] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lowrank-package-"));
  // Not prepare's build: it would replace dist/ under the feet of the tests beside this one.
  const flags = ["--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await execute("npm", ["pack", ...flags], { cwd: repository });
  tarball = JSON.parse(stdout)[0];
  await writeFile(join(folder, "package.json"), '{ "type": "module", "private": true }');
  const quiet = ["--no-audit", "--no-fund", "--offline"];
  await execute("npm", ["install", ...quiet, `./${tarball.filename}`], { cwd: folder });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The commands of a page, those over several lines too. */
const commandsOf = (page: string): string[] => page.match(/^npx lowrank (.*\\\n)*.*$/gm) ?? [];

/** Writes a file of the user's project. */
async function write(name: string, source: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, source);
  return path;
}

/** What Node prints when it runs `source` as the file `name` of the user's project. */
async function run(name: string, source: string): Promise<string> {
  const program = await write(name, source);
  const { stdout, stderr } = await execute(process.execPath, [program], { cwd: folder });
  expect(stderr).toBe("");
  return stdout.trim();
}

/** A product on a pool that is left idle: the process ends all the same. */
const sixByThreads = `import { Matrix } from "lowrank";
  import { ThreadPool } from "lowrank/threads";
  const pool = await ThreadPool.create({ threads: 2 });
  const C = await pool.matmul(Matrix.from([[2]]), Matrix.from([[3]]));
  console.log(C.get(0, 0));`;

const six = "console.log(matmul(Matrix.from([[2]]), Matrix.from([[3]])).get(0, 0));";

describe("the tarball", () => {
  test("holds the build, its sources, the licence and the front pages, and nothing else", () => {
    const paths = tarball.files.map(({ path }) => path);
    const allowed =
      /^(dist\/.+\.(js|d\.ts|wasm|map)|src\/(?!cli\/).+(?<!\.text)\.ts|dist\/THIRD_PARTY_LICENSES\.txt|data\/.+|package\.json|(LICENSE|README\.md|CHANGELOG\.md))$/;
    expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "README.md", "CHANGELOG.md"]));
  });

  test("maps every line of the core and of lowrank/lora to a source that it ships", async () => {
    const paths = new Set(tarball.files.map(({ path }) => path));
    const maps = [...paths].filter((path) => path.endsWith(".map"));
    expect(maps).toHaveLength(2);
    for (const path of maps) {
      const { sources } = JSON.parse(await readFile(join(repository, path), "utf8"));
      const named = (sources as string[]).map((source) => posix.join(posix.dirname(path), source));
      const missing = named.filter((source) => !paths.has(source));
      expect(missing.filter((source) => !/node_modules|\.text\./.test(source))).toEqual([]);
    }
  });

  // Half of it is the command's: plots, tokenizer and sample. Until the kernels came a third time, in
  // plain JavaScript, it was 2; the map of the core, which is whole again, took it over 2.1. What a page loads
  // has tighter budgets, in scripts/size.mjs.
  test("weighs less than 2.15 megabytes", () => {
    expect(tarball.size).toBeLessThan(2.15 * 2 ** 20);
  });

  // A file takes a runtime a millisecond, and reading code that nobody calls more than all the rest.
  test("starts from one file behind the entry, which has nothing of what other entries add", async () => {
    const importsOf = (code: string) =>
      [...code.matchAll(/from ?"(\.[^"]+)"/g)].map(([, path]) => path);
    const entry = await readFile(join(repository, "dist/index.js"), "utf8");
    const [core, ...others] = importsOf(entry);
    expect(others).toEqual([]);
    const code = await readFile(join(repository, "dist", core), "utf8");
    expect(importsOf(code)).toEqual([]);
    expect(code).toContain("productsDoublesText");
    expect(code).not.toMatch(/threadKernelsText|threadWorkerText/);
  });

  test("brings no dependency along", async () => {
    const { stdout } = await execute("npm", ["ls", "--all", "--parseable"], { cwd: folder });
    expect(stdout.trim().split("\n").slice(1)).toEqual([join(folder, "node_modules/lowrank")]);
  });

  test("names every file that its manifest points to", async () => {
    const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
    const targets = JSON.stringify([manifest.exports, manifest.types, manifest.bin]).match(
      /dist\/[^"]+/g,
    );
    const paths = tarball.files.map(({ path }) => path);
    expect(targets?.filter((target) => !paths.includes(target))).toEqual([]);
  });
});

describe("in Node, the installed package", () => {
  test("is imported", async () => {
    expect(await run("import.js", `import { Matrix, matmul } from "lowrank"; ${six}`)).toBe("6");
  });

  test("is required", async () => {
    // Node 20 says that requiring ES modules is experimental, unless it happens in node_modules.
    const source = `process.removeAllListeners("warning");
      const { Matrix, matmul } = require("lowrank"); ${six}`;
    expect(await run("require.cjs", source)).toBe("6");
  });

  test("has classes by their names", async () => {
    const source = `import * as lowrank from "lowrank"; import * as generative from "lowrank/generative";
      const isClass = (x) => /^class\\b/.test(Function.prototype.toString.call(x));
      const entries = Object.entries({ ...lowrank, ...generative });
      const classes = entries.filter(([, x]) => typeof x === "function" && isClass(x));
      console.log(classes.length > 10, classes.filter(([name, x]) => x.name !== name).join());`;
    expect(await run("names.js", source)).toBe("true");
  });

  test("gives the kernels' bytes to who wants to load them by hand", async () => {
    const source = `import { readFileSync } from "node:fs";
      import { fileURLToPath } from "node:url";
      import { init, Matrix, matmul } from "lowrank";
      init(readFileSync(fileURLToPath(import.meta.resolve("lowrank/kernels.wasm")))); ${six}`;
    expect(await run("init.js", source)).toBe("6");
  });

  test("computes on several threads", async () => {
    expect(await run("threads.js", sixByThreads)).toBe("6");
  });

  test("gives the program of the threads to who serves it", async () => {
    const source = sixByThreads.replace(
      "{ threads: 2 }",
      '{ threads: 2, workerUrl: import.meta.resolve("lowrank/threads/worker.js") }',
    );
    expect(await run("served.js", source)).toBe("6");
  });

  test("measures the papers' claims, on matrices that the main entry made", async () => {
    const source = `import { Matrix } from "lowrank";
      import { basesAgree, blocksVanish, claims, findBases, observe } from "lowrank/theory";
      const target = Matrix.identity(8);
      for (let i = 2; i < 8; i++) target.set(i, i, 0);
      const setting = { target, rank: 2, scales: [0.1, 0.2], seed: 1 };
      const run = observe({ ...setting, rule: { learningRate: 0.1 }, steps: 20 });
      console.log(blocksVanish(run).holds, basesAgree(findBases(setting)).holds, claims().length > 19);`;
    expect(await run("theory.js", source)).toBe("true true true");
  });

  test("bounds errors on what is new", async () => {
    const source = `import { catoni } from "lowrank/bounds";
      console.log(catoni({ error: 0.05, nats: 200 * Math.LN2, samples: 1e4 }).toFixed(4));`;
    expect(await run("bounds.js", source)).toBe("0.0995");
  });

  test("sends gradients over the air", async () => {
    const source = `import { PolarAirServer, PolarAirWorker } from "lowrank/federated";
      const scheme = { dimension: 1000, sparsity: 2, spreading: 8, seed: 1 };
      const gradient = new Float64Array(1000);
      gradient.set([3, -1, 2]);
      const signal = new PolarAirWorker(scheme).encode(gradient);
      console.log(new PolarAirServer(scheme).decode(signal).indices.join());`;
    expect(await run("federated.js", source)).toBe("0,2");
  });

  test("recovers what a network generates", async () => {
    const source = `import { Matrix, matmul } from "lowrank";
      import { ReluGenerator, recover } from "lowrank/generative";
      const generator = ReluGenerator.random({ sizes: [2, 20], seed: 1 });
      const x = generator.value(Matrix.from([[1, -2]])).data;
      const operator = Matrix.randomNormal(12, 20, { seed: 2 });
      const measurements = matmul(operator, new Matrix(20, 1, x)).data;
      const found = recover({ operator, measurements, generator });
      for (const { loss } of found) if (loss < 1e-8) break;
      console.log(Math.abs(found.signal[3] - x[3]) < 1e-3);`;
    expect(await run("generative.js", source)).toBe("true");
  });

  test("has the relaxed variant, or says that this Node has not", async () => {
    const source = `import { Matrix, matmul, supportsRelaxedSimd } from "lowrank/relaxed";
      try { ${six} } catch (error) {
        if (supportsRelaxedSimd()) throw error;
        console.log(error.name);
      }`;
    expect(await run("relaxed.js", source)).toMatch(/^(6|UnsupportedError)$/);
  });

  test("fine-tunes: lowrank/lora and its folders are imported", async () => {
    const source = `import { DeepLora, loadEncoder } from "lowrank/lora";
      import { readModelFolder } from "lowrank/lora/node";
      try { loadEncoder(readModelFolder("nowhere")); } catch (error) {
        console.log(new DeepLora({ rank: 6 }).rank, error.message);
      }`;
    expect(await run("lora.js", source)).toBe("6 nowhere: there is no such folder");
  });

  test("ends a program that catches no error with the message, not with the package's source", async () => {
    const program = await write("uncaught.js", `import { svd } from "lowrank"; svd("no matrix");`);
    const { stderr } = await execute(process.execPath, [program]).catch((error) => error);
    expect(stderr).toContain('svd: A is "no matrix": it must be a Matrix');
    expect(stderr.length).toBeLessThan(2000);
  });

  test("does not let its insides be imported", async () => {
    const inside = run("inside.js", 'import "lowrank/dist/index.js";');
    await expect(inside).rejects.toThrow("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });
});

describe("the command that the package brings", () => {
  const lowrank = (...args: string[]) =>
    execute(join(folder, "node_modules/.bin/lowrank"), args, { cwd: folder });

  test("starts, explains itself and tells the package's version", async () => {
    const { version } = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
    expect((await lowrank("--help")).stdout).toContain("Usage: lowrank");
    expect((await lowrank("--version")).stdout.trim()).toBe(version);
  });

  test("does what the README prints", async () => {
    const page = await readFile(join(repository, "README.md"), "utf8");
    const lines = commandsOf(page);
    expect(lines.length).toBeGreaterThan(2);
    writeTinyModel(join(folder, "all-MiniLM-L6-v2"));
    const reviews = Array.from({ length: 300 }, (_, i) => (i % 2 ? "abc de,good" : "xyz,bad"));
    await write("reviews.csv", ["text,verdict", ...reviews].join("\n"));
    await write("new.csv", "text\nabc\nwxyz\n");
    const printed: string[] = [];
    for (const line of lines) {
      const { stdout } = await execute("sh", ["-c", line], { cwd: folder });
      expect(stdout).not.toBe("");
      printed.push(stdout);
    }
    const shown = page.match(/(?<=^npx .*\n```\n\n```text\n)[^`]+/gm) ?? [];
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((text) => !printed.includes(text))).toEqual([]);
  });

  test("does what docs/reference/lora.md prints, and so do its programs", async () => {
    const page = await readFile(join(repository, "docs/reference/lora.md"), "utf8");
    const programs = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
    const lines = commandsOf(page);
    expect([lines.length, programs.length]).toEqual([8, 6]);
    writeTinyModel(join(folder, "MiniLM"));
    const table = (header: string, row: (i: number) => unknown[]) =>
      [header, ...Array.from({ length: 40 }, (_, i) => row(i).join(","))].join("\n");
    const pair = (i: number) => [i % 2 ? "abc" : "x", i % 3 ? "de" : "wxy", (i % 7) / 2 + 0.25];
    await write("train.csv", table("sentence1,sentence2,score", pair));
    await write("dev.csv", table("sentence1,sentence2,score", pair));
    await write("new.csv", table("sentence1,sentence2,score", pair));
    await write("pairs.csv", table("a,b,score", pair));
    await write(
      "texts.csv",
      table("text", (i) => [i % 2 ? "abc" : "x"]),
    );
    const several = (i: number) => [i % 2 ? "abc" : "x", ["late|cold", "late", "cold"][i % 3]];
    await write("parcels.csv", table("text,labels", several));
    await write(
      "questions.csv",
      table("question,answer", (i) => [i % 2 ? "abc" : "x", `de ${"wxy"[i % 3]}`]),
    );
    const numbered = (i: number) => ["main", i, "2016", i, 0.5 + (i % 9) / 2, "abc", "de f"];
    const tabbed = table("", numbered).trim().replaceAll(",", "\t");
    await write("sts-train.csv", tabbed);
    await write("sts-dev.csv", tabbed);
    for (const line of lines) {
      const { stdout } = await execute("sh", ["-c", line], { cwd: folder });
      expect(stdout).not.toBe("");
    }
    // What is to be called before anything else is the fifth on the page; one program imports once.
    const [first, losses, threads, texts, kernels, stopping] = programs;
    const rest = stopping.replace("EarlyStopping, Finetuning", "EarlyStopping");
    await run("finetune.js", [kernels, first, losses, threads, texts, rest].join("\n"));
    const { stdout } = await lowrank(
      "classify",
      "texts.csv",
      "--model",
      "MiniLM",
      "--json",
      ...[...["--adapter", "adapter", "--text-columns", "text"]],
    );
    expect(JSON.parse(stdout).labels).toEqual(["bad", "good"]);
  });

  test("refuses a command that it does not have in one line, with exit code 2", async () => {
    const refused = await lowrank("no-such-command").catch((error) => error);
    expect(refused.code).toBe(2);
    expect(refused.stdout).toBe("");
    expect(refused.stderr.trim().split("\n")).toHaveLength(1);
  });
});

test("what newcomers try is answered by the installed package too, whose code is minified", async () => {
  const answers = await run(
    "guesses.js",
    `import { inspect } from "node:util";
    import { completeMatrix, Matrix, randomizedSvd, svd } from "lowrank";
    const A = Matrix.from([[1, 2], [3, 4]]);
    const model = completeMatrix([
      { user: "ann", item: "tea", rating: 5 }, { user: "bob", item: "rum", rating: 1 },
    ]);
    const guesses = [
      () => inspect(model), () => String(A).split("\\n")[0], () => inspect(A).split("\\n")[0],
      () => JSON.stringify(model), () => structuredClone(model), () => new Matrix([[1, 2]]),
      () => svd([[1, 2]]), () => svd(A).s, () => Matrix.eye(2), () => A.mmul(A), () => A.columns,
      () => model.recommend("ann", { n: 3 }), () => model.similar("ann"),
      () => randomizedSvd(A, { rank: 1 }).S.length,
      () => model.foldIn({ colIds: ["tea", "nothing"], values: [5, 5] }).unknown,
    ];
    for (const guess of guesses) {
      try { console.log(String(guess())); } catch (error) { console.log(error.message); }
    }`,
  );
  const expected = [
    ...["MatrixCompletion 2 x 2, 2 entries observed", "Matrix 2 x 2 f64", "Matrix {"],
    ...["save() gives its bytes", "a model is not copied", "Matrix.from takes rows"],
    ...["it must be a Matrix (Matrix.from", "use S", "use Matrix.identity", "use matmul(A, B)"],
    ...["use matrix.cols", "recommend(row, 10, opt", "use rankMatrix", "1", "nothing"],
  ];
  const lines = answers.split("\n");
  expect(lines.map((line, i) => line.includes(expected[i]) || line)).toEqual(
    expected.map(() => true),
  );
});

describe("in TypeScript, the declarations compile", () => {
  const source = `import { Matrix, matmul, init, OutOfMemoryError, type DType } from "lowrank";
    import { svd } from "lowrank/relaxed";
    import { claims, type Verdict } from "lowrank/theory";
    import { type Evidence, klInverse } from "lowrank/bounds";
    import { type GaussianChannel, gaussianChannel, PolarAirServer } from "lowrank/federated";
    import { type Recovery, type RecoverOptions, recover } from "lowrank/generative";
    export const found = (options: RecoverOptions): Recovery => recover(options);
    export const air: GaussianChannel = gaussianChannel({ power: 1, seed: 1 });
    export const server = new PolarAirServer({ dimension: 8, sparsity: 1, seed: 1 });
    export const bound = (evidence: Evidence): number => klInverse(evidence);
    export const verdicts: Verdict[] = claims(2).map((check) => check());
    import { ThreadPool, type ThreadPoolOptions } from "lowrank/threads";
    import { DeepLora, Finetuning, loadEncoder, saveAdapter, type Task } from "lowrank/lora";
    import { readModelFolder } from "lowrank/lora/node";
    const task: Task = { kind: "classification", labels: ["a", "b"] };
    export function adapt(folder: string): Map<string, Uint8Array> {
      const examples = [{ text: "a", label: 0 }];
      const options = { method: new DeepLora({ rank: 4 }), task, steps: 1 };
      const run = new Finetuning(loadEncoder(readModelFolder(folder)), examples, options);
      return run.step().loss > 0 ? saveAdapter(run.adapter(), { rank: "learned" }) : new Map();
    }
    const options: ThreadPoolOptions = { threads: 2, workerUrl: "/worker.js" };
    export async function product(B: Matrix): Promise<Matrix> {
      const pool: ThreadPool = await ThreadPool.create(options);
      return pool.matmul(B, B, { transposeA: true }).finally(() => pool[Symbol.asyncDispose]());
    }
    export const values = svd(Matrix.identity(2)).S;
    const dtype: DType = "f32";
    const A: Matrix = Matrix.from([[1, 2]], { dtype });
    export const entry: number = matmul(A, A, { transposeB: true }).get(0, 0);
    export const load: (source: WebAssembly.Module | BufferSource) => void = init;
    export const isRange = (error: OutOfMemoryError): RangeError => error;
    // @ts-expect-error: a matrix is no array of rows
    matmul([[1]], A);`;

  /** What the compiler says of the files; nothing when they are right. */
  async function compile(files: string[], options: object, by = compiler): Promise<string> {
    const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false };
    const target = { target: "ES2022", lib: ["ES2022", "DOM"], types: [], noEmit: true };
    const config = { compilerOptions: { ...target, ...strict, ...options }, files };
    const path = await write("tsconfig.json", JSON.stringify(config));
    const { stdout } = await execute(process.execPath, [by, "-p", path]).catch((e) => e);
    return stdout;
  }

  test.each([
    ["NodeNext", "NodeNext", "consumer.ts"],
    ["NodeNext", "NodeNext", "consumer.cts"],
    ["ESNext", "Bundler", "consumer.ts"],
  ])("under module %s with resolution %s in %s", async (module, moduleResolution, name) => {
    await write(name, source);
    expect(await compile([name], { module, moduleResolution })).toBe("");
  });

  // CommonJS files may require ES modules from 5.8 on.
  testWith(unlessAll(typescript57, "TypeScript 5.7")).each([
    ["NodeNext", "NodeNext"],
    ["ESNext", "Bundler"],
  ])("by TypeScript 5.7 under module %s with resolution %s", async (module, moduleResolution) => {
    await write("consumer.ts", source);
    expect(await compile(["consumer.ts"], { module, moduleResolution }, typescript57)).toBe("");
  });

  test("with the examples of the README", async () => {
    const blocks = codeBlocks(await readFile(join(repository, "README.md"), "utf8"));
    const files = blocks.map(({ line }) => `readme-${line}.ts`);
    await Promise.all(blocks.map(({ code }, i) => write(files[i], code)));
    const types = [join(repository, "node_modules/@types/node")];
    expect(await compile(files, { module: "NodeNext", types, skipLibCheck: true })).toBe("");
  });
});

describe("under Jest, a product is right", () => {
  // Written as docs/how-to/jest-and-typescript.md says; nothing is compiled.
  const product = "expect(matmul(Matrix.from([[2]]), Matrix.from([[3]])).get(0, 0)).toBe(6)";
  const flags = ["--experimental-vm-modules", "--no-warnings"];

  testWith(unlessAll(jest, "Jest")).each([
    ["ES modules on Node 20", "module", 'import { Matrix, matmul } from "lowrank";', 20],
    ["require on Node 24", "commonjs", 'const { Matrix, matmul } = require("lowrank");', 24],
  ] as const)("in %s", async (_, type, line, version) => {
    const name = `jest-${type}`;
    await write(`${name}/package.json`, JSON.stringify({ type, jest: { transform: {} } }));
    await write(`${name}/six.test.js`, `${line}\ntest("six", () => ${product});`);
    const node = join(runtimes, `node${version}/bin/node`);
    const args = [...flags, jest, "--ci", "--rootDir", join(folder, name)];
    const { stderr } = await execute(node, args, { cwd: join(folder, name) });
    expect(stderr).toContain("1 passed");
  });
});

describe.each([
  ["esbuild", bundleWithEsbuild],
  ["rollup", bundleWithRollup],
])("bundled by %s for a browser, the package", (bundler, bundle) => {
  test("works without Node's modules", async () => {
    const code = await bundle(`import { Matrix, matmul } from "lowrank"; ${six}`);
    expect(code).not.toMatch(/\b(node:|require\()/);
    expect(await run(`${bundler}.js`, code)).toBe("6");
  });

  test("fine-tunes without Node's modules and without packages", async () => {
    const code = await bundle(
      `import { loadEncoder, Lora } from "lowrank/lora";
       try { loadEncoder({ config: new Uint8Array(), weights: new Map() }); } catch (error) {
         console.log(new Lora().rank, error.name);
       }`,
    );
    expect(code).not.toMatch(/\b(node:|require\()|from "/);
    expect(await run(`${bundler}-lora.js`, code)).toBe("8 FormatError");
  });

  test("brings its threads along, whose program needs no file", async () => {
    const code = await bundle(sixByThreads);
    expect(code).not.toMatch(/\brequire\(|import\(/);
    expect(await run(`${bundler}-threads.js`, code)).toBe("6");
  });

  test("keeps the kernels that the relaxed variant is provided with", async () => {
    const code = await bundle(
      `import { Matrix, matmul, supportsRelaxedSimd } from "lowrank/relaxed";
       try { ${six} } catch (error) {
         if (supportsRelaxedSimd() || !error.message.includes("relaxed SIMD")) throw error;
         console.log(6);
       }`,
    );
    expect(await run(`${bundler}-relaxed.js`, code)).toBe("6");
  });

  test("keeps its classes' names, also where static fields are lowered to assignments", async () => {
    const code = await bundle(
      'import { Matrix, MatrixRanking } from "lowrank"; console.log(Matrix.name, MatrixRanking.name);',
    );
    // As Next.js and React Native do.
    const lowered = { loader: "ts", target: "es2021", minify: true } as const;
    const tsconfigRaw = { compilerOptions: { useDefineForClassFields: false } };
    const assigned = (await transform(code, { ...lowered, tsconfigRaw })).code;
    expect(await run(`${bundler}-names.js`, assigned)).toBe("Matrix MatrixRanking");
  });

  test("leaves out what is not used, first of all the kernels", async () => {
    const everything = await bundle('export * from "lowrank";');
    const error = await bundle('export { OutOfMemoryError } from "lowrank";');
    const magic = textOf([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]); // how WebAssembly begins
    expect(everything).toContain(magic);
    expect(error).not.toContain(magic);
    expect(error.length).toBeLessThan(1500);
  });
});

const webpackPath = join(runtimes, "webpack");
const needsWebpack = unlessAll(webpackPath, "webpack");

/** webpack takes seconds for each. */
const someBudgets = budgets.filter(
  ({ imports, from }) => from === "lowrank" && /^(Matrix|svd|MatrixCompletion)$/.test(imports),
);

describe.each([
  [
    "rollup",
    async (source: string) => minified(await bundleWithRollup(source)),
    budgets,
    undefined,
  ],
  ["vite", bundleWithViteMinified, budgets, undefined],
  ["webpack", bundleWithWebpackMinified, someBudgets, needsWebpack],
])("bundled by %s, what is imported stays in its budget", (_, bundle, weighed, missing) => {
  // esbuild's bundles are weighed by scripts/size.mjs.
  testWith(missing).each(weighed.map((budget) => [titleOf(budget), budget] as const))(
    "%s",
    async (_, budget) => {
      expect(await weigh(await bundle(programOf(budget)), budget)).toBeLessThan(budget.limit);
    },
  );
});

const minified = async (code: string) => (await transform(code, { minify: true })).code;

async function bundleWithViteMinified(source: string): Promise<string> {
  const entry = await write("vite-entry.js", source);
  const output = await buildWithVite({
    ...{ root: folder, configFile: false, logLevel: "error" },
    build: { write: false, lib: { entry, formats: ["es"] }, minify: true },
  });
  // Vite leaves the white space of libraries to who bundles them.
  return minified((output as Rollup.RollupOutput[])[0].output[0].code);
}

async function bundleWithWebpackMinified(source: string): Promise<string> {
  const { default: webpack } = await import(`${webpackPath}/lib/index.js`);
  const entry = await write("webpack-entry.js", source);
  const output = { path: join(folder, "webpack"), library: { type: "module" } };
  const compiler = webpack({
    ...{ context: folder, entry, output, mode: "production", devtool: false, target: "es2022" },
    experiments: { outputModule: true },
    performance: false,
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  expect(stats.toJson({ all: false, errors: true }).errors).toEqual([]);
  return readFile(join(folder, "webpack/main.mjs"), "utf8");
}

async function bundleWithEsbuild(source: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  return result.outputFiles[0].text;
}

async function bundleWithRollup(source: string): Promise<string> {
  const input = await write("rollup-entry.js", source);
  const result = await rollup({ input, plugins: [nodeResolve({ browser: true })] });
  const { output } = await result.generate({ format: "es" });
  await result.close();
  return output[0].code;
}
