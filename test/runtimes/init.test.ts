import { readFileSync } from "node:fs";
import { beforeEach, expect, test, vi } from "vitest";
import { views } from "../helpers/views.js";
import { edgeRuntime, runOnEdge } from "./edge.js";
import { createProject, removeProject } from "./project.js";
import { testOn } from "./runtimes.js";

const bytes = readFileSync(new URL("../../dist/edge/kernels.wasm", import.meta.url));

// Which module is loaded is state of the package: each test gets the package afresh.
beforeEach(() => {
  vi.resetModules();
  vi.doUnmock("../../src/wasm/kernels.text.js");
});

/** Texts that are no modules: who compiles one fails. */
const withoutTexts = (texts: unknown) =>
  Object.fromEntries(Object.keys(texts as object).map((name) => [name, "not wasm"]));

const square = async () => {
  const { Matrix, matmul } = await import("../../src/index.js");
  return matmul(Matrix.from([[3]]), Matrix.from([[3]])).get(0, 0);
};

test.each<[string, () => unknown]>([
  ["a compiled module", () => new WebAssembly.Module(bytes)],
  ["a Uint8Array", () => new Uint8Array(bytes)],
  ["an ArrayBuffer", () => new Uint8Array(bytes).buffer],
  ["a DataView", () => new DataView(new Uint8Array(bytes).buffer)],
  ...Object.entries(views).map(([kind, view]): [string, () => unknown] => [
    kind,
    () => view(bytes),
  ]),
])("init takes %s, and the inlined module is not touched", async (_, source) => {
  vi.doMock("../../src/wasm/kernels.text.js", (original) => original().then(withoutTexts));
  const { init } = await import("../../src/index.js");
  init(source() as BufferSource);
  expect(await square()).toBe(9);
});

test.each([[undefined], [null], ["kernels.wasm"], [{}], [7]])(
  "init refuses %o by name",
  async (source) => {
    const { init } = await import("../../src/index.js");
    expect(() => init(source as never)).toThrow(TypeError);
    expect(() => init(source as never)).toThrow(/^init: source is \w+: it must be/);
  },
);

test("init refuses bytes that are no WebAssembly and leaves the package usable", async () => {
  const { init } = await import("../../src/index.js");
  expect(() => init(Uint8Array.of(1, 2, 3))).toThrow(WebAssembly.CompileError);
  expect(await square()).toBe(9);
});

testOn(edgeRuntime)("where bytes are refused, init takes a module of another realm", async () => {
  const project = await createProject();
  const answer = await runOnEdge(
    project,
    `import { Matrix, matmul, init } from "lowrank";
       const square = () => matmul(Matrix.from([[3]]), Matrix.from([[3]])).get(0, 0);
       let refused = "";
       try { square(); } catch (error) { refused = error.name; }
       init(deployedKernels);
       globalThis.answer = refused + " " + square();`,
    {},
  );
  expect(answer).toBe("UnsupportedError 9");
  await removeProject(project);
});
