// NumPy's files: a Python literal as header, then entries.
import { decodeNpy } from "../../build/fuzz/sources.mjs";
import { jsonText, Pairs } from "../json.mjs";
import { join } from "../mutate.mjs";

const types = {
  f4: { array: Float32Array, value: (random) => random.number() },
  f8: { array: Float64Array, value: (random) => random.number() / 3 },
  i1: { array: Int8Array, value: (random) => random.between(-128, 127) },
  i2: { array: Int16Array, value: (random) => random.between(-32768, 32767) },
  i4: { array: Int32Array, value: (random) => random.between(-(2 ** 31), 2 ** 31 - 1) },
  i8: { array: BigInt64Array, value: (random) => BigInt(random.between(-(2 ** 40), 2 ** 40)) },
  u1: { array: Uint8Array, value: (random) => random.below(256) },
  u2: { array: Uint16Array, value: (random) => random.below(65536) },
  u4: { array: Uint32Array, value: (random) => random.below(2 ** 32) },
  u8: { array: BigUint64Array, value: (random) => BigInt(random.below(2 ** 50)) },
  b1: { array: Uint8Array, value: (random) => random.below(2) },
};

export default {
  name: "npy",
  finite: false,

  specimen(random) {
    const type = random.pick(Object.keys(types));
    const { array, value } = types[type];
    const shape = random.list(0, 2, () => random.between(0, 4));
    const length = shape.reduce((product, size) => product * size, 1);
    const entries = array.from({ length }, () => value(random));
    const fortran = shape.length === 2 && random.chance(0.3);
    const big = array.BYTES_PER_ELEMENT > 1 && random.chance(0.3);
    const order = array.BYTES_PER_ELEMENT === 1 ? random.pick(["|", "<", ">"]) : big ? ">" : "<";
    const tree = {
      magic: "\x93NUMPY",
      version: [random.between(1, 3), 0],
      header: new Pairs([
        ["descr", order + type],
        ["fortran_order", fortran],
        ["shape", shape],
      ]),
      quote: random.pick(["'", '"']),
      headerLength: undefined,
      padding: random.between(0, 64),
      data: bytesOf(fortran ? columns(entries, shape) : entries, big),
    };
    const data = type === "f4" ? entries : Float64Array.from(entries, Number);
    return { tree, value: { shape: [...shape], data } };
  },

  encode(tree) {
    const { magic, version, header, quote, headerLength, padding, data } = Object(tree);
    const blanks = " ".repeat(Math.min(Math.max(Number(padding) || 0, 0), 1000));
    const text = latin1(`${python(header, quote === '"' ? '"' : "'")}${blanks}\n`);
    const length = headerLength === undefined ? text.length : Number(headerLength);
    const wide = !(Array.isArray(version) && version[0] === 1);
    const size = new Uint8Array(wide ? 4 : 2);
    const view = new DataView(size.buffer);
    if (wide) view.setUint32(0, length, true);
    else view.setUint16(0, length, true);
    const digits = Array.isArray(version) ? version.map(Number) : [Number(version)];
    const body = data instanceof Uint8Array ? data : latin1(jsonText(data));
    return join(latin1(String(magic)), Uint8Array.from(digits.slice(0, 2)), size, text, body);
  },

  read: (bytes) => decodeNpy(bytes, "a.npy"),

  check({ shape, data }) {
    const length = shape.reduce((product, size) => product * size, 1);
    return length === data.length ? undefined : `shape ${shape} and ${data.length} entries`;
  },
};

/** A value as Python's repr writes it; what JSON cannot say is left as JSON. */
function python(value, quote) {
  if (value instanceof Pairs) {
    const entries = value.entries.map(
      ([key, one]) => `${python(key, quote)}: ${python(one, quote)}, `,
    );
    return `{${entries.join("")}}`;
  }
  if (Array.isArray(value)) {
    const items = value.map((one) => python(one, quote));
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
  }
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === null || value === undefined) return "None";
  if (typeof value === "string") return quote + value + quote;
  return jsonText(value);
}

function latin1(text) {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function bytesOf(entries, bigEndian) {
  const bytes = new Uint8Array(entries.slice().buffer);
  const size = entries.BYTES_PER_ELEMENT;
  if (bigEndian) for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
  return bytes;
}

function columns(entries, [rows, cols]) {
  return entries.map((_, p) => entries[(p % rows) * cols + Math.floor(p / rows)]);
}
