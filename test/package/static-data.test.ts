// The modules of the kernels keep the tables that their functions read (scripts/static-data.mjs).
import binaryen from "binaryen";
import { expect, test } from "vitest";
import { withoutUnreadTables } from "../../scripts/static-data.mjs";

const tables = { read: "\\07\\08", beyondZeros: "\\09", unread: "a".repeat(200), added: "\\0a" };

/** Functions that read at 1040, at 1992 for a table from 2000 on, and at what is 4100 beyond an address. */
const text = `(module
  (import "env" "memory" (memory 1))
  (data (i32.const 1040) "${tables.read}")
  (data (i32.const 2000) "${tables.beyondZeros}")
  (data (i32.const 3000) "${tables.unread}")
  (data (i32.const 4100) "${tables.added}")
  (func (export "at") (param i32) (result i32)
    (i32.load8_u (i32.add (local.get 0) (i32.const 1041))))
  (func (export "from") (param i32) (result i32)
    (i32.add (i32.load8_u offset=4100 (local.get 0))
      (i32.load8_u (i32.add (i32.const 1992) (local.get 0)))))
  (func (export "end") (result i32) (i32.const 3200)))`;

test("tables that no function has the address of are left out, and the code stays", () => {
  const module = binaryen.parseText(text);
  const whole = module.emitBinary();
  const cut = withoutUnreadTables(whole, module.emitText());
  expect(whole.length - cut.length).toBeGreaterThan(200);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(cut), { env: { memory } });
  const { at, from, end } = instance.exports as Record<string, (x?: number) => number>;
  expect([at(-1), at(0), from(0), from(8), end()]).toEqual([7, 8, 10, 9, 3200]);
  const written = [...new Uint8Array(memory.buffer).entries()].filter(([, byte]) => byte !== 0);
  expect(written).toEqual([
    [1040, 7],
    [1041, 8],
    [2000, 9],
    [4100, 10],
  ]);
});

test("a module without tables stays as it is", () => {
  const module = binaryen.parseText('(module (func (export "one") (result i32) (i32.const 1)))');
  const bytes = module.emitBinary();
  expect(withoutUnreadTables(bytes, module.emitText())).toEqual(bytes);
});
