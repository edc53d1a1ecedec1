// How many times slower lowrank/portable is where it computes in plain JavaScript. npm run bench -- portable
import { spawnSync } from "node:child_process";

const entry = new URL("../dist/portable/index.js", import.meta.url).href;
const engines = [
  ["SIMD", []],
  ["no SIMD", ["--no-enable-sse4-1"]],
  ["no WebAssembly, no compiler (--jitless)", ["--jitless"]],
];

// Trained here: an interpreter would take minutes.
const { completeMatrix } = await import("../dist/index.js");
const [rowIds, colIds, values] = [[], [], []];
for (let u = 0; u < 200; u++) {
  for (let k = 0; k < 20; k++) {
    rowIds.push(u);
    colIds.push((u * 7 + k * k) % 300);
    values.push(1 + ((u * k) % 5));
  }
}
const model = Buffer.from(completeMatrix({ rowIds, colIds, values }).save()).toString("base64");

const program = `
  const { Matrix, MatrixCompletion, matmul, svd } = await import(${JSON.stringify(entry)});
  const A = Matrix.randomNormal(100, 100, { seed: 1 });
  const B = A.astype("f32");
  const model = MatrixCompletion.load(Buffer.from("${model}", "base64"));
  const seen = { colIds: [0, 1, 4, 9], values: [5, 4, 3, 1] };
  const works = {
    "product, 100 x 100, f64": () => matmul(A, A),
    "product, 100 x 100, f32": () => matmul(B, B),
    "SVD, 100 x 100": () => svd(A),
    "fold in and recommend, 300 columns": () => model.recommend(model.foldIn(seen)),
    "10,000 normal numbers": () => Matrix.randomNormal(100, 100),
  };
  const medians = {};
  for (const [name, work] of Object.entries(works)) {
    const times = [];
    const end = performance.now() + 1000;
    for (let i = 0; i < 3 || performance.now() < end; i++) {
      const start = performance.now();
      work();
      times.push(performance.now() - start);
    }
    medians[name] = times.sort((a, b) => a - b)[times.length >> 1];
  }
  console.log(JSON.stringify(medians));`;

const results = engines.map(([name, flags]) => {
  const args = [...flags, "--input-type=module"];
  const options = { encoding: "utf8", input: program };
  const { stdout, stderr, status } = spawnSync(process.execPath, args, options);
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return [name, JSON.parse(stdout)];
});

console.log("| work | SIMD, ms | no SIMD | no WebAssembly, no compiler |");
console.log("|---|---|---|---|");
for (const work of Object.keys(results[0][1])) {
  const [fast, ...slow] = results.map(([, times]) => times[work]);
  const factors = slow.map((time) => `${Number((time / fast).toPrecision(2))} times`);
  console.log(`| ${work} | ${fast.toPrecision(2)} | ${factors.join(" | ")} |`);
}
