import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { abi } from "../../scripts/abi.mjs";

test.each(Object.entries(abi()))("%s is what the tagged kernels give", (path, text) => {
  const committed = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  expect(committed === text, `${path} is stale: run npm run build:wasm`).toBe(true);
});

test("a module exports every kernel of its list, and nothing but the memory beside them", () => {
  for (const [module, path] of [
    ["kernels", "assembly/index.ts"],
    ["kernels.test", "assembly/test-kernels.ts"],
  ] as const) {
    const bytes = readFileSync(new URL(`../../build/${module}.wasm`, import.meta.url));
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(bytes));
    const listed = [...abi()[path].matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
    expect(exported.map(({ name }) => name).sort()).toEqual([...listed, "memory"].sort());
  }
});
