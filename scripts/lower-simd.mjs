// Lowers 128-bit SIMD to scalar instructions, for engines without it: a vector becomes two 64-bit integers,
// and an instruction what it does lane by lane, so that every result keeps its bits. It works on the
// text of the flattened module, where operands are locals and constants, and lets Binaryen tidy up.
import { existsSync, statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import binaryen from "binaryen";

/** What the kernels need of engines without SIMD: Safari has it from 15 on. */
const { BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SignExt } =
  binaryen.Features;
const engines = BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SignExt;

const source = "build/kernels.wasm";
const target = "build/kernels.scalar.wasm";

/** The kernels without SIMD: lowered again, in some ten seconds, when they have been compiled again. */
export async function scalarKernels() {
  const isFresh = existsSync(target) && statSync(target).mtimeMs > statSync(source).mtimeMs;
  if (!isFresh) await writeFile(target, lowerSimd(await readFile(source)));
  return readFile(target);
}

/** @returns the bytes of a module without SIMD, with the same exports. */
export function lowerSimd(bytes) {
  const module = binaryen.readBinary(bytes);
  module.runPasses(["flatten"]);
  const tree = parse(module.emitText());
  module.dispose();
  const lowered = binaryen.parseText(print(lowerModule(tree)));
  lowered.setFeatures(engines);
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  lowered.optimize();
  const result = lowered.emitBinary();
  lowered.dispose();
  if (!WebAssembly.validate(result)) throw new Error("the lowered module is not valid");
  return result;
}

/** A text as nested lists of words. */
function parse(text) {
  const stack = [[]];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+|;;[^\n]*/g)) {
    if (token.startsWith(";;")) continue;
    if (token === "(") stack.push([]);
    else if (token === ")") {
      const list = stack.pop();
      stack.at(-1).push(list);
    } else stack.at(-1).push(token);
  }
  return stack[0][0];
}

const print = (node) => (typeof node === "string" ? node : `(${node.map(print).join(" ")})`);

/** Where a function leaves the upper half of a vector that it returns. */
const upper = "$upper-half";

const get = (name) => ["local.get", name];
const i32 = (value) => ["i32.const", String(value)];
const i64 = (value) => ["i64.const", String(value)];
const halvesOf = (name) => [`${name}.low`, `${name}.high`];

function lowerModule(tree) {
  const functions = tree.filter((node) => node[0] === "func");
  const returnsVector = new Set(
    functions.filter((node) => resultOf(node) === "v128").map(([, name]) => name),
  );
  const rest = tree.map((node) => {
    if (node[0] === "func") return lowerFunction(node, returnsVector);
    // Types are declared again where functions are.
    if (node[0] === "type") return undefined;
    return node;
  });
  const index = rest.findIndex((node) => node?.[0] === "func");
  rest.splice(index, 0, ["global", upper, ["mut", "i64"], i64(0)]);
  return rest.filter((node) => node !== undefined);
}

const resultOf = (node) => node.find((part) => part[0] === "result")?.[1];

function lowerFunction(node, returnsVector) {
  const types = new Map();
  const head = [];
  const locals = [];
  const body = [];
  for (const part of node.slice(1)) {
    if (typeof part === "string") head.push(part);
    else if (part[0] === "type") continue;
    else if (part[0] === "param" || part[0] === "local") {
      const [kind, name, type] = part;
      types.set(name, type);
      const names = type === "v128" ? halvesOf(name) : [name];
      for (const one of names) {
        (kind === "param" ? head : locals).push([kind, one, type === "v128" ? "i64" : type]);
      }
    } else if (part[0] === "result") head.push(["result", part[1] === "v128" ? "i64" : part[1]]);
    else if (part[0] === "export") head.push(part);
    else body.push(part);
  }
  const context = { types, returnsVector, vectorResult: resultOf(node) === "v128" };
  locals.push(["local", "$next.low", "i64"], ["local", "$next.high", "i64"]);
  return ["func", ...head, ...locals, ...body.flatMap((part) => statement(part, context))];
}

/** Whether an expression is a vector. */
function isVector(node, { types, returnsVector }) {
  const [op, first] = node;
  if (op === "local.get") return types.get(first) === "v128";
  if (op === "call") return returnsVector.has(first);
  if (op === "select") return node.slice(1).some((part) => isVectorOperand(part, types));
  return /^v128\.(?!store|any_true)|^[if]\d+x\d+\.(?!extract_lane|all_true|bitmask)/.test(op);
}

const isVectorOperand = (part, types) =>
  part[0] === "v128.const" || (part[0] === "local.get" && types.get(part[1]) === "v128");

/** A statement, as those that take its place. */
function statement(node, context) {
  const [op] = node;
  if (op === "block" || op === "loop" || op === "if" || op === "then" || op === "else") {
    return [
      node.flatMap((part, i) =>
        i === 0 || typeof part === "string" || part[0] === "result"
          ? [part]
          : statement(part, context),
      ),
    ];
  }
  if (op === "local.set" && context.types.get(node[1]) === "v128") {
    const [low, high] = halvesOf(node[1]);
    const value = node[2];
    if (value[0] === "call") {
      return [
        ["local.set", low, scalar(value, context)],
        ["local.set", high, ["global.get", upper]],
      ];
    }
    const [first, second] = vector(value, context);
    return [
      ["local.set", "$next.low", first],
      ["local.set", high, second],
      ["local.set", low, get("$next.low")],
    ];
  }
  if (op === "v128.store") {
    const at = immediates(node);
    const [address, value] = node.slice(1 + at.count);
    const [low, high] = vector(value, context);
    return [
      ["i64.store", ...at.offset(0), address, low],
      ["i64.store", ...at.offset(8), address, high],
    ];
  }
  if (op === "drop" && isVector(node[1], context)) {
    return node[1][0] === "call" ? [["drop", scalar(node[1], context)]] : [];
  }
  if (op === "return" && context.vectorResult) {
    const [low, high] = vector(node[1], context);
    return [
      ["global.set", upper, high],
      ["return", low],
    ];
  }
  return [scalar(node, context)];
}

/** The immediates of a memory instruction: how many there are, and those for `more` bytes further. */
function immediates(node) {
  const own = node
    .slice(1)
    .filter((part) => typeof part === "string" && /^(offset|align)=/.test(part));
  const offset = Number(own.find((part) => part.startsWith("offset="))?.slice(7) ?? 0);
  // Alignment is a hint; that of the vector would be too much.
  return { count: own.length, offset: (more) => [`offset=${offset + more}`, "align=4"] };
}

/** An expression of another type than a vector; its operands may be vectors. */
function scalar(node, context) {
  if (typeof node === "string") return node;
  const [op, ...rest] = node;
  if (op === "call") {
    const [name, ...operands] = rest;
    return [
      "call",
      name,
      ...operands.flatMap((part) =>
        isVectorOperand(part, context.types) ? vector(part, context) : [scalar(part, context)],
      ),
    ];
  }
  const query = /^(v128|([if])(\d+)x\d+)\.(extract_lane|all_true|any_true|bitmask)(_[su])?$/.exec(
    op,
  );
  if (query === null) return node.map((part) => scalar(part, context));
  const [, , kind, bits, question] = query;
  const x = vector(rest.at(-1), context);
  if (question === "any_true") return ["i64.ne", ["i64.or", ...x], i64(0)];
  const lanes = lanesOf(`${kind}${bits}`, x);
  if (question === "extract_lane") return lanes[Number(rest[0])];
  const type = `i${Math.max(Number(bits), 32)}`;
  if (question === "all_true") {
    return lanes
      .map((lane) => [`${type}.ne`, lane, [`${type}.const`, "0"]])
      .reduce((a, b) => ["i32.and", a, b]);
  }
  return lanes
    .map((lane, i) => ["i32.shl", [`${type}.lt_s`, lane, [`${type}.const`, "0"]], i32(i)])
    .reduce((a, b) => ["i32.or", a, b]);
}

/** The lanes of two halves, which are simple expressions. */
function lanesOf(type, halves) {
  if (type === "i64") return halves;
  if (type === "f64") return halves.map((half) => ["f64.reinterpret_i64", half]);
  const words = halves.flatMap((half) => [
    ["i32.wrap_i64", half],
    ["i32.wrap_i64", ["i64.shr_u", half, i64(32)]],
  ]);
  if (type === "i32") return words;
  if (type === "f32") return words.map((word) => ["f32.reinterpret_i32", word]);
  throw new Error(`lanes of type ${type} are not lowered`);
}

const pair = (low, high) => [
  "i64.or",
  ["i64.extend_i32_u", low],
  ["i64.shl", ["i64.extend_i32_u", high], i64(32)],
];

/** Two halves of lanes. */
function join(type, lanes) {
  if (type === "i64") return lanes;
  if (type === "f64") return lanes.map((lane) => ["i64.reinterpret_f64", lane]);
  const words = type === "f32" ? lanes.map((lane) => ["i32.reinterpret_f32", lane]) : lanes;
  return [pair(words[0], words[1]), pair(words[2], words[3])];
}

const each = (halves, lower) => halves.map(lower);
const mask64 = (condition) => ["i64.sub", i64(0), ["i64.extend_i32_u", condition]];
const mask32 = (condition) => ["i32.sub", i32(0), condition];
const arithmetic = new Set(["add", "sub", "mul", "div", "min", "max"]);
const comparisons = new Set([
  "eq",
  "ne",
  "lt",
  "gt",
  "le",
  "ge",
  "lt_s",
  "lt_u",
  "gt_s",
  "gt_u",
  "le_s",
  "le_u",
  "ge_s",
  "ge_u",
]);
const ofOneLane = new Set(["abs", "neg", "sqrt", "nearest", "ceil", "floor", "trunc"]);
const shifts = new Set(["shl", "shr_s", "shr_u"]);

/** A vector as its two halves. Operands are simple and may be repeated. */
function vector(node, context) {
  const [op, ...rest] = node;
  if (op === "local.get") return halvesOf(rest[0]).map(get);
  if (op === "v128.const") return constant(rest);
  if (op === "select") {
    const operands = rest.filter((part) => part[0] !== "result");
    const [a, b] = operands.slice(0, 2).map((part) => vector(part, context));
    const condition = scalar(operands[2], context);
    return [0, 1].map((h) => ["select", a[h], b[h], condition]);
  }
  if (/^v128\.load/.test(op)) return load(op.slice(5), node, context);
  if (op === "i8x16.shuffle") {
    const [a, b] = rest.slice(16).map((part) => vector(part, context));
    return shuffle(rest.slice(0, 16).map(Number), [...a, ...b]);
  }
  const [shape, name] = op.split(".");
  if (name === "replace_lane") {
    const type = shape.split("x")[0];
    const lanes = lanesOf(type, vector(rest[1], context));
    lanes[Number(rest[0])] = scalar(rest[2], context);
    return join(type, lanes);
  }
  if (name === "splat") {
    const [type, count] = shape.split("x");
    if (type === "i8" || type === "i16") {
      const factor = type === "i8" ? "0x0101010101010101" : "0x0001000100010001";
      const lane = [
        "i64.and",
        ["i64.extend_i32_u", scalar(rest[0], context)],
        i64(type === "i8" ? 255 : 65535),
      ];
      return [0, 1].map(() => ["i64.mul", lane, i64(factor)]);
    }
    return join(type, Array(Number(count)).fill(scalar(rest[0], context)));
  }
  if (shifts.has(name)) {
    const [type] = shape.split("x");
    const bits = Number(type.slice(1));
    const count = scalar(rest[1], context);
    const by = bits === 64 ? ["i64.extend_i32_u", count] : count;
    return join(
      type,
      lanesOf(type, vector(rest[0], context)).map((lane) => [`${type}.${name}`, lane, by]),
    );
  }
  const operands = rest.map((part) => vector(part, context));
  if (shape === "v128") return bitwise(name, operands);
  return lanewise(shape.split("x")[0], name, operands, op);
}

function bitwise(name, [a, b, c]) {
  const flip = (x) => ["i64.xor", x, i64(-1)];
  return [0, 1].map((h) => {
    if (name === "not") return flip(a[h]);
    if (name === "andnot") return ["i64.and", a[h], flip(b[h])];
    if (name === "bitselect") {
      return ["i64.or", ["i64.and", a[h], c[h]], ["i64.and", b[h], flip(c[h])]];
    }
    return [`i64.${name}`, a[h], b[h]];
  });
}

function lanewise(type, name, [a, b], op) {
  if (arithmetic.has(name) || comparisons.has(name)) {
    const [x, y] = [lanesOf(type, a), lanesOf(type, b)];
    const results = x.map((lane, i) => [`${type}.${name}`, lane, y[i]]);
    if (arithmetic.has(name)) return join(type, results);
    return /64/.test(type) ? results.map(mask64) : join("i32", results.map(mask32));
  }
  if (ofOneLane.has(name))
    return join(
      type,
      lanesOf(type, a).map((lane) => [`${type}.${name}`, lane]),
    );
  const [singles, doubles, words] = ["f32", "f64", "i32"].map((kind) => () => lanesOf(kind, a));
  const even = (x, bits, mask) => ["i64.and", bits ? ["i64.shr_u", x, i64(bits)] : x, i64(mask)];
  const half = (h, i) => [
    `i32.extend16_s`,
    i % 2
      ? ["i32.shr_u", lanesOf("i32", a)[2 * h + (i >> 1)], i32(16)]
      : lanesOf("i32", a)[2 * h + (i >> 1)],
  ];
  switch (op) {
    case "f64x2.promote_low_f32x4":
      return join(
        "f64",
        singles()
          .slice(0, 2)
          .map((lane) => ["f64.promote_f32", lane]),
      );
    case "f32x4.demote_f64x2_zero":
      return join("f32", [
        ...doubles().map((lane) => ["f32.demote_f64", lane]),
        ["f32.const", "0"],
        ["f32.const", "0"],
      ]);
    case "f64x2.convert_low_i32x4_s":
      return join(
        "f64",
        words()
          .slice(0, 2)
          .map((lane) => ["f64.convert_i32_s", lane]),
      );
    case "f64x2.convert_low_i32x4_u":
      return join(
        "f64",
        words()
          .slice(0, 2)
          .map((lane) => ["f64.convert_i32_u", lane]),
      );
    case "f32x4.convert_i32x4_s":
      return join(
        "f32",
        words().map((lane) => ["f32.convert_i32_s", lane]),
      );
    case "i32x4.trunc_sat_f32x4_s":
      return join(
        "i32",
        singles().map((lane) => ["i32.trunc_sat_f32_s", lane]),
      );
    case "i32x4.trunc_sat_f64x2_u_zero":
      return join("i32", [
        ...doubles().map((lane) => ["i32.trunc_sat_f64_u", lane]),
        i32(0),
        i32(0),
      ]);
    case "i32x4.trunc_sat_f64x2_s_zero":
      return join("i32", [
        ...doubles().map((lane) => ["i32.trunc_sat_f64_s", lane]),
        i32(0),
        i32(0),
      ]);
    case "i64x2.extend_low_i32x4_u":
      return words()
        .slice(0, 2)
        .map((lane) => ["i64.extend_i32_u", lane]);
    case "i64x2.extmul_low_i32x4_u":
      return lanesOf("i32", a)
        .slice(0, 2)
        .map((lane, i) => [
          "i64.mul",
          ["i64.extend_i32_u", lane],
          ["i64.extend_i32_u", lanesOf("i32", b)[i]],
        ]);
    case "i32x4.extend_low_i16x8_s":
      return join(
        "i32",
        [0, 1, 2, 3].map((i) => half(0, i)),
      );
    case "i32x4.extend_high_i16x8_s":
      return join(
        "i32",
        [0, 1, 2, 3].map((i) => half(1, i)),
      );
    case "i32x4.extadd_pairwise_i16x8_u":
      return each(a, (x) => [
        "i64.add",
        even(x, 0, "0x0000ffff0000ffff"),
        even(x, 16, "0x0000ffff0000ffff"),
      ]);
    case "i16x8.extadd_pairwise_i8x16_u":
      return each(a, (x) => [
        "i64.add",
        even(x, 0, "0x00ff00ff00ff00ff"),
        even(x, 8, "0x00ff00ff00ff00ff"),
      ]);
    case "i8x16.popcnt":
      return each(a, populations);
    default:
      throw new Error(`${op} is not lowered: scripts/lower-simd.mjs must say what it does`);
  }
}

/** The bits that are set in each byte. */
function populations(x) {
  const sum = (value, shift, mask) => [
    "i64.add",
    ["i64.and", value, i64(mask)],
    ["i64.and", ["i64.shr_u", value, i64(shift)], i64(mask)],
  ];
  const pairs = sum(x, 1, "0x5555555555555555");
  return sum(sum(pairs, 2, "0x3333333333333333"), 4, "0x0f0f0f0f0f0f0f0f");
}

function constant([shape, ...values]) {
  if (shape !== "i32x4") throw new Error(`v128.const ${shape} is not lowered`);
  const [a, b, c, d] = values.map((value) => BigInt(value));
  return [(b << 32n) | a, (d << 32n) | c].map((half) => i64(BigInt.asIntN(64, half)));
}

function load(name, node, context) {
  const at = immediates(node);
  const address = scalar(node.at(-1), context);
  const from = (instruction, more = 0) => [
    instruction,
    ...at.offset(more).slice(0, 1),
    "align=1",
    address,
  ];
  switch (name) {
    case "load":
      return [from("i64.load"), from("i64.load", 8)];
    case "load64_splat":
      return [from("i64.load"), from("i64.load")];
    case "load32_splat":
      return join("i32", Array(4).fill(from("i32.load")));
    case "load64_zero":
      return [from("i64.load"), i64(0)];
    case "load32_zero":
      return [from("i64.load32_u"), i64(0)];
    case "load16x4_u":
      return join(
        "i32",
        [0, 2, 4, 6].map((more) => from("i32.load16_u", more)),
      );
    case "load8x8_s":
      return [0, 4].map((start) =>
        [0, 1, 2, 3]
          .map((i) => [
            "i64.shl",
            ["i64.and", from("i64.load8_s", start + i), i64(65535)],
            i64(16 * i),
          ])
          .reduce((a, b) => ["i64.or", a, b]),
      );
    default:
      throw new Error(`v128.${name} is not lowered: scripts/lower-simd.mjs must say what it does`);
  }
}

/** Bytes by number from four halves; runs of four or eight stay together. */
function shuffle(indices, halves) {
  const words = lanesOf("i32", halves);
  return [0, 8].map((start) => {
    const own = indices.slice(start, start + 8);
    const runs = (first, length) =>
      own[first] % length === 0 &&
      own.slice(first, first + length).every((index, i) => index === own[first] + i);
    if (runs(0, 8)) return halves[own[0] / 8];
    if (runs(0, 4) && runs(4, 4)) return pair(words[own[0] / 4], words[own[4] / 4]);
    return own
      .map((index, i) => [
        "i64.shl",
        ["i64.and", ["i64.shr_u", halves[index >> 3], i64(8 * (index % 8))], i64(255)],
        i64(8 * i),
      ])
      .reduce((a, b) => ["i64.or", a, b]);
  });
}
