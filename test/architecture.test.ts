// The house rules that a reader of one file cannot see: which folder may import which, and that no
// result depends on what an engine makes of a transcendental function.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** Folders of src/ and the folders below them that they may import from. */
const below: Record<string, string[]> = {
  check: [],
  wasm: [],
  claims: [],
  formats: ["check"],
  files: ["check", "formats"],
  metrics: ["check", "linalg"],
  linalg: ["check", "wasm"],
  decompositions: ["check", "wasm", "linalg"],
  threads: ["check", "wasm", "linalg", "decompositions"],
  codes: ["check"],
  maps: ["check", "wasm", "linalg"],
  optim: ["check", "wasm", "linalg"],
  autograd: ["check", "wasm", "linalg", "optim"],
  networks: ["check", "wasm", "linalg", "optim", "autograd"],
  factorization: ["check", "wasm", "linalg", "maps", "optim", "autograd"],
  shards: ["check", "wasm", "linalg"],
  als: ["check", "wasm", "linalg", "metrics", "shards"],
  completion: [
    ...["check", "wasm", "linalg", "optim", "autograd", "factorization", "formats", "metrics"],
    ...["als", "shards"],
  ],
  ranking: ["check", "wasm", "linalg", "metrics", "shards", "als", "completion"],
  "shard-files": [
    ...["check", "wasm", "linalg", "formats", "files", "threads", "shards", "als"],
    ...["completion", "parallel"],
  ],
  parallel: [
    ...["check", "wasm", "linalg", "decompositions", "formats", "threads", "shards"],
    ...["completion", "ranking"],
  ],
  cluster: [
    ...["check", "wasm", "formats", "files", "threads", "shards", "completion", "parallel"],
    ...["shard-files", "linalg", "transformer", "lora"],
  ],
  generative: [
    ...["check", "claims", "wasm", "linalg", "optim", "autograd", "networks", "formats"],
  ],
  federated: [
    ...["check", "claims", "wasm", "linalg", "codes", "maps", "optim", "autograd", "networks"],
  ],
  bounds: [
    ...["check", "claims", "wasm", "linalg", "codes", "maps", "optim", "autograd", "networks"],
    ...["factorization", "formats", "completion"],
  ],
  theory: ["check", "claims", "wasm", "linalg", "maps", "optim", "autograd", "factorization"],
  transformer: ["check", "wasm", "linalg", "optim", "autograd", "formats"],
  lora: [
    ...["check", "wasm", "linalg", "threads", "maps", "optim", "autograd", "transformer"],
    ...["formats", "metrics", "bounds", "completion"],
  ],
};
below.cli = [...Object.keys(below)];

/** The rooms of a folder and those below them, in the same way. */
const rooms: Record<string, string[]> = {
  "factorization/problems": [],
  "factorization/models": ["factorization/problems"],
  "factorization/training": ["factorization/problems", "factorization/models"],
  "factorization/rank": [
    ...["factorization/problems", "factorization/models", "factorization/training"],
  ],
};

/** Folders that may use packages and Node's modules: no other runs anywhere JavaScript runs. */
const tiedToNode = ["cli", "files", "shard-files", "cluster"];

const sources = (folder: string) =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".text.ts"))
    .map((path) => ({ path, text: readFileSync(join(repository, folder, path), "utf8") }));

/** Every module that a source imports, re-exports or imports dynamically. */
const imports = (text: string) =>
  [...text.matchAll(/^(?:import|export|\}) ?.*?\bfrom "(.+)"|\bimport\(?\s*"(.+?)"/gm)].map(
    ([, from, bare]) => from ?? bare,
  );

const folderOf = (path: string) => path.split("/")[0];

/** Files at the root of src/ are package entries: they re-export from any folder except the cli. */
const mayImport = (path: string) =>
  path.includes("/")
    ? [folderOf(path), ...(below[folderOf(path)] ?? [])]
    : Object.keys(below).filter((folder) => folder !== "cli");

test("every import in src goes down the layers", () => {
  const wrong = sources("src").flatMap(({ path, text }) =>
    imports(text)
      .filter((target) => target.startsWith("."))
      .map((target) => normalize(join(dirname(path), target)))
      .filter((target) => target.includes("/") && !mayImport(path).includes(folderOf(target)))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("every import between the rooms of a folder goes down", () => {
  const roomOf = (path: string) => path.split("/").slice(0, 2).join("/");
  const wrong = sources("src")
    .filter(({ path }) => roomOf(path) in rooms)
    .flatMap(({ path, text }) =>
      imports(text)
        .filter((target) => target.startsWith("."))
        .map((target) => normalize(join(dirname(path), target)))
        .filter((target) => folderOf(target) === folderOf(path))
        .filter((target) => ![roomOf(path), ...rooms[roomOf(path)]].includes(roomOf(target)))
        .map((target) => `${path} imports ${target}`),
    );
  expect(wrong).toEqual([]);
});

/** Files that import each other, over others or not, types included (Tarjan 1972). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  function visit(file: string): number {
    order.set(file, order.size);
    let low = order.get(file)!;
    open.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, order.get(target)!);
    }
    if (low === order.get(file)) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1) found.push(circle);
    }
    return low;
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

test("no files of src import each other in a circle, types included", () => {
  const graph = new Map(
    sources("src").map(({ path, text }) => [
      path,
      imports(text)
        .filter((target) => target.startsWith("."))
        .map((target) => normalize(join(dirname(path), target)).replace(/\.js$/, ".ts")),
    ]),
  );
  expect(circles(graph)).toEqual([]);
  // A circle would be found.
  expect(circles(new Map([...graph, ["a.ts", ["b.ts"]], ["b.ts", ["a.ts"]]]))).toHaveLength(1);
});

test("every folder of src has its place in the layers", () => {
  const folders = new Set(
    sources("src")
      .filter(({ path }) => path.includes("/"))
      .map(({ path }) => folderOf(path)),
  );
  expect([...folders].filter((folder) => !(folder in below))).toEqual([]);
});

test("docs/internals/architecture.md groups the larger folders by files that there are", () => {
  const page = readFileSync(join(repository, "docs/internals/architecture.md"), "utf8");
  const [section] = page.split("## Inside the larger folders\n")[1].split("\n## ");
  const names = new Map<string, string[]>();
  let folder = "";
  for (const [, first, , files] of section.matchAll(/^\| *(.*?) *\|(.*?)\| (.*) \|$/gm)) {
    folder = first.match(/^`(.*)\/`$/)?.[1] ?? folder;
    const known = [...files.matchAll(/`([\w*-]+)\/?`/g)].map(([, name]) => name);
    names.set(folder, [...(names.get(folder) ?? []), ...known]);
  }
  const missing = [...names].flatMap(([folder, known]) => {
    const files = readdirSync(join(repository, "src", folder)).map((file) => file.split(".")[0]);
    const found = (name: string) =>
      files.some((file) =>
        name.endsWith("*") ? file.startsWith(name.slice(0, -1)) : file === name,
      );
    return known.filter((name) => !found(name)).map((name) => `${folder}/${name}`);
  });
  expect(names.size).toBeGreaterThan(5);
  expect(missing).toEqual([]);
});

test("only the folders above the core import packages and Node's modules", () => {
  const wrong = sources("src")
    .filter(({ path }) => !tiedToNode.includes(folderOf(path)))
    .flatMap(({ path, text }) =>
      imports(text)
        .filter((target) => !target.startsWith("."))
        .map((target) => `${path} imports ${target}`),
    );
  expect(wrong).toEqual([]);
});

test("the other folders know src/wasm by its index only, and threads by what is for them", () => {
  const wrong = sources("src")
    .filter(({ path }) => folderOf(path) !== "wasm")
    .flatMap(({ path, text }) =>
      imports(text)
        .filter((target) => /\bwasm\//.test(target) && !target.endsWith("wasm/index.js"))
        .filter(
          (target) => !(folderOf(path) === "threads" && target.endsWith("wasm/for-threads.js")),
        )
        .map((target) => `${path} imports ${target}`),
    );
  expect(wrong).toEqual([]);
});

test("relative imports of src name the file with its ending", () => {
  const wrong = sources("src").flatMap(({ path, text }) =>
    imports(text)
      .filter((target) => target.startsWith(".") && !/\.(js|wasm\?module)$/.test(target))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("kernels import kernels only, and stay within 100 columns", () => {
  for (const { path, text } of sources("assembly")) {
    expect(
      imports(text).filter((target) => normalize(join(dirname(path), target)).startsWith("../")),
    ).toEqual([]);
    const long = text.split("\n").filter((line) => line.length > 100);
    expect({ path, long }).toEqual({ path, long: [] });
  }
});

test("bench and reproduce share lab, and never each other", () => {
  for (const [folder, other] of [
    ["bench", /reproduce/],
    ["reproduce", /bench/],
    ["lab", /bench|reproduce/],
  ] as const) {
    const files = readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".mjs") && !path.includes("node_modules"))
      .map((path) => join(folder, path));
    const wrong = files.flatMap((path) =>
      imports(readFileSync(join(repository, path), "utf8"))
        .filter((target) => target.startsWith("."))
        .map((target) => normalize(join(dirname(path), target)))
        .filter((target) => other.test(target.split("/")[0]))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  }
});

test("no result can depend on the host's Math", () => {
  // What IEEE 754 fixes to the bit; engines differ in the rest, ** among it, except powers of two.
  const exact =
    /Math\.(abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|PI|SQRT2|E|LN2)\b/g;
  const wrong = sources("src")
    .filter(({ path }) => folderOf(path) !== "cli")
    .flatMap(({ path, text }) =>
      text.split("\n").map((line, i) => ({
        line: line.replace(/^\s*(\/\/|\/?\*).*|\s\/\/ .*/, ""),
        at: `${path}:${i + 1}`,
      })),
    )
    .filter(({ line }) => {
      const rest = line.replace(exact, "").replace(/\b2 \*\* /g, "");
      return /\bMath\.|\*\*/.test(rest);
    })
    .map(({ line, at }) => `${at}: ${line.trim()}`);
  expect(wrong).toEqual([]);
});
