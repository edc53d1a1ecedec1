// lowrank/slim as it is built: its kernels come from files, by whatever way a host has.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const dist = new URL("../../dist/", import.meta.url);
const fileOf = (path: string) => fileURLToPath(new URL(path, dist));
const files: Record<string, string> = {
  "/kernels.wasm": "edge/kernels.wasm",
  "/completion.wasm": "kernels/completion.wasm",
  "/decompositions.wasm": "kernels/decompositions.wasm",
  "/recommend.wasm": "kernels/recommend.wasm",
};

let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    const [path, type] = url.split("?");
    if (files[path] === undefined) response.writeHead(404).end();
    else {
      response.setHeader("content-type", type ?? "application/wasm");
      response.end(readFileSync(fileOf(files[path])));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

/** What a fresh Node prints: which kernels are loaded is state of the package. */
async function run(program: string): Promise<string> {
  const source = `
    import { readFileSync } from "node:fs";
    import { completeMatrix, init, Matrix, MatrixCompletion, matmul, pinv, SparseMatrix, svd } from ${JSON.stringify(new URL("bare/slim.js", dist).href)};
    const nine = () => matmul(Matrix.from([[3]]), Matrix.from([[3]])).get(0, 0);
    const said = (work) => { try { return work(); } catch (e) { return e.name + ": " + e.message; } };
    const rejected = (promise) => promise.then(() => "resolved", (e) => e.name + ": " + e.message);
    const file = (path) => readFileSync(new URL(path, ${JSON.stringify(dist.href)}));
    const origin = ${JSON.stringify(origin)};
    ${program}`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "--eval",
    source,
  ]);
  return stdout.trim();
}

test.each([
  ["an address", "origin + '/kernels.wasm'"],
  ["a URL", 'new URL("/kernels.wasm", origin)'],
  ["a response", "await fetch(origin + '/kernels.wasm')"],
  ["a promise of a response", "fetch(origin + '/kernels.wasm')"],
  ["what the server calls something else", "origin + '/kernels.wasm?text/plain'"],
  ["bytes", 'file("edge/kernels.wasm")'],
  ["a compiled module", 'new WebAssembly.Module(file("edge/kernels.wasm"))'],
  ["what init made of it", 'await init(file("edge/kernels.wasm"))'],
])("init takes %s", async (_, source) => {
  expect(await run(`await init(${source}); console.log(nine());`)).toBe("9");
});

test("before init, matrices are made and arguments checked; a computation says what to do", async () => {
  const [entry, refused, computed] = JSON.parse(
    await run(`console.log(JSON.stringify([
      Matrix.from([[3]]).get(0, 0), said(() => matmul(1, 2)), said(nine)]))`),
  );
  expect(entry).toBe(3);
  expect(refused).toMatch(/^TypeError: matmul: A is 1: it must be a/);
  expect(computed).toBe(
    "UnsupportedError: lowrank/slim: the kernels are not there yet: await init of lowrank/kernels.wasm first",
  );
});

test("a part of the kernels serves its functions with the same bits, and names what it lacks", async () => {
  const program = (path: string) => `
    await init(origin + ${JSON.stringify(path)});
    const A = Matrix.randomNormal(40, 30, { seed: 1 });
    console.log(JSON.stringify([[...svd(A).U.data], [...pinv(A).data]]))`;
  expect(await run(program("/decompositions.wasm"))).toBe(await run(program("/kernels.wasm")));
  const sparse = `SparseMatrix.fromTriplets({ rows: 2, cols: 2, rowIndices: [0], colIndices: [1], values: [2] })`;
  expect(
    await run(`await init(origin + "/decompositions.wasm");
      console.log(said(() => ${sparse}.multiply(Matrix.identity(2))));
      await init(origin + "/kernels.wasm");
      console.log(${sparse}.multiply(Matrix.identity(2)).get(0, 1));`),
  ).toBe(
    'UnsupportedError: lowrank/slim: init was given no file with the kernels "sparseDoubles": lowrank/kernels.wasm has all\n2',
  );
});

test("the files for completion and for its models have all that these call, and give the same bits", async () => {
  const data = `
    const rowIds = [], colIds = [], values = [];
    for (let u = 0; u < 20; u++) for (let i = 0; i < 15; i++) if ((u * 7 + i * 5) % 3 > 0) {
      rowIds.push("u" + u); colIds.push("i" + i); values.push(1 + ((u % 4) * (i % 5) + u) % 5);
    }
    const fit = (options) => completeMatrix({ rowIds, colIds, values }, { rank: 3, seed: 1, ...options });
    const use = (model) => [
      model.recommend("u1", 3), model.recommend("u1", 3, { by: "rating" }), [...model.predictAll().row(2)],
      model.recommend(model.foldIn({ colIds: ["i1", "i2"], values: [5, 1] }), 2)];`;
  const fitted = (file: string) => `${data}
    await init(origin + ${JSON.stringify(file)});
    const models = ["sweeps", "adam"].map((solver) => fit({ solver }));
    console.log(JSON.stringify([models.map((model) => [...model.save()]), use(models[0]), use(models[1]),
      models.map((model) => [...model.singularValues()])]));`;
  const whole = await run(fitted("/kernels.wasm"));
  expect(await run(fitted("/completion.wasm"))).toBe(whole);
  const [[bytes], answers, , sizes] = JSON.parse(whole);
  expect(sizes.map(({ length }: number[]) => length)).toEqual([3, 3]);
  const served = await run(`${data}
    await init(file("kernels/recommend.wasm"));
    console.log(JSON.stringify(use(MatrixCompletion.load(Uint8Array.from(${JSON.stringify(bytes)})))))`);
  expect(JSON.parse(served)).toEqual(answers);
});

test("what cannot be loaded is refused in one line, and init can be called again", async () => {
  const answers = JSON.parse(
    await run(`const answers = [
      await rejected(init(origin + "/nothing.wasm")),
      await rejected(init("http://127.0.0.1:1/kernels.wasm")),
      await rejected(init(7)),
      await rejected(init(Promise.reject(new Error("offline")))),
      await rejected(init(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))),
    ];
    await init(origin + "/kernels.wasm");
    console.log(JSON.stringify([...answers, nine()]))`),
  );
  expect(answers[0]).toMatch(
    /^Error: init: http:.*nothing\.wasm was answered with 404: it must be/,
  );
  expect(answers[1]).toMatch(/^Error: init: http:.*kernels\.wasm could not be fetched: it must be/);
  expect(answers[2]).toMatch(/^TypeError: init: source is Number: it must be/);
  expect(answers[3]).toBe("Error: offline");
  expect(answers[4]).toMatch(/^TypeError: init: source is a module of something else/);
  expect(answers[5]).toBe(9);
});
