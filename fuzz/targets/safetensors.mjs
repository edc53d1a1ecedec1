// Safetensors: a length, a JSON header, entries.
import { decodeSafetensors } from "../../build/fuzz/sources.mjs";
import { jsonBytes, Pairs } from "../json.mjs";
import { join } from "../mutate.mjs";

export const typeBytes = {
  ...{ BOOL: 1, U8: 1, I8: 1, I16: 2, U16: 2, F16: 2, BF16: 2, I32: 4, U32: 4, F32: 4 },
  ...{ F64: 8, I64: 8, U64: 8 },
};

/** Tensors as a tree: [[name, { dtype, shape, data }], ...]; written in order, without holes. */
export function safetensorsTree(tensors, metadata = []) {
  let end = 0;
  const header = tensors.map(([name, { dtype, shape, data }]) => {
    const start = end;
    end += data.length;
    return [name, Pairs.from({ dtype, shape, data_offsets: [start, end] })];
  });
  const texts = metadata.length > 0 ? [["__metadata__", new Pairs(metadata)]] : [];
  return {
    headerLength: undefined,
    header: new Pairs([...texts, ...header]),
    padding: "",
    data: tensors.map(([, { data }]) => data),
  };
}

export function encodeSafetensorsTree(tree) {
  const { headerLength, header, padding, data } = Object(tree);
  const text = join(jsonBytes(header), new TextEncoder().encode(String(padding ?? "")));
  const length = headerLength === undefined ? text.length : Number(headerLength);
  const size = new Uint8Array(8);
  const whole = Number.isFinite(length) ? BigInt(Math.trunc(length)) : 0n;
  new DataView(size.buffer).setBigUint64(0, BigInt.asUintN(64, whole), true);
  const pieces = [data].flat(3).filter((piece) => piece instanceof Uint8Array);
  return join(size, text, ...pieces);
}

export default {
  name: "safetensors",
  finite: false,

  specimen(random) {
    const tensors = random.list(0, 4, (i) => {
      const dtype = random.pick(Object.keys(typeBytes));
      const shape = random.list(0, 3, () => random.between(0, 3));
      const length = shape.reduce((product, size) => product * size, typeBytes[dtype]);
      const data = Uint8Array.from({ length }, () => random.below(256));
      return [random.pick(["a.weight", "b", "\u6620", "0", "a b"]) + i, { dtype, shape, data }];
    });
    const metadata = random.chance(0.5) ? [["format", "pt"]] : [];
    const tree = safetensorsTree(tensors, metadata);
    tree.padding = " ".repeat(random.below(9));
    const read = tensors.map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape: [...shape], bytes: data },
    ]);
    return { tree, value: { tensors: new Map(read), metadata: new Map(metadata) } };
  },

  encode: encodeSafetensorsTree,

  read(input) {
    const { tensors, metadata } = decodeSafetensors(input, "a.safetensors");
    // Bytes of any view: as the plain ones that were written.
    const plain = Array.from(tensors, ([name, { dtype, shape, bytes }]) => [
      name,
      { dtype, shape, bytes: Uint8Array.from(bytes) },
    ]);
    return { tensors: new Map(plain), metadata };
  },
};
