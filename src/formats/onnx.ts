// ONNX files: a graph of operations as the protocol buffers of onnx.proto (IR version 8).
import { concatenate } from "./bytes.js";

/** A name and how long each side of a tensor is: a number, or a word for what varies. */
export interface OnnxValue {
  readonly name: string;
  readonly type: "float" | "int64";
  readonly shape: readonly (number | string)[];
}

type Attribute = number | { readonly float: number } | readonly number[];

/** A graph that grows node by node; what a node gives is called by the name that `add` returns. */
export class OnnxGraph {
  readonly #nodes: Uint8Array[][] = [];
  readonly #tensors: Uint8Array[][] = [];
  readonly #known = new Map<string, string>();
  #count = 0;

  /** @param attributes - integers, `{ float }`, or lists of integers. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = `${op}_${this.#count++}`,
  ): string {
    this.#nodes.push(
      [
        ...inputs.map((name) => text(1, name)),
        text(2, output),
        text(3, output),
        text(4, op),
        ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
      ].flat(),
    );
    return output;
  }

  /** Numbers of 32 bits, row-major. */
  floats(name: string, shape: readonly number[], data: ArrayLike<number>): string {
    const values = new DataView(new ArrayBuffer(4 * data.length));
    for (let i = 0; i < data.length; i++) values.setFloat32(4 * i, data[i], true);
    return this.#tensor(name, 1, shape, new Uint8Array(values.buffer));
  }

  /** Integers: a list, or one without a dimension; equal ones are kept once. */
  integers(values: readonly number[] | number): string {
    const list = [values].flat();
    const shape = typeof values === "number" ? [] : [list.length];
    const key = JSON.stringify(values);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const data = new DataView(new ArrayBuffer(8 * list.length));
    list.forEach((value, i) => {
      data.setBigInt64(8 * i, BigInt(value), true);
    });
    const name = this.#tensor(`integers_${key}`, 7, shape, new Uint8Array(data.buffer));
    this.#known.set(key, name);
    return name;
  }

  #tensor(name: string, type: number, shape: readonly number[], bytes: Uint8Array): string {
    this.#tensors.push(
      [
        ...shape.map((size) => integer(1, size)),
        integer(2, type),
        text(8, name),
        block(9, bytes),
      ].flat(),
    );
    return name;
  }

  /** The file: operators of set 17, which has LayerNormalization. */
  encode(inputs: readonly OnnxValue[], outputs: readonly OnnxValue[]): Uint8Array<ArrayBuffer> {
    const graph = [
      ...this.#nodes.map((node) => message(1, node)),
      text(2, "lowrank"),
      ...this.#tensors.map((tensor) => message(5, tensor)),
      ...inputs.map((value) => message(11, valueInfo(value))),
      ...outputs.map((value) => message(12, valueInfo(value))),
    ].flat();
    const parts = [
      integer(1, 8),
      text(2, "lowrank"),
      message(7, graph),
      message(8, [text(1, ""), integer(2, 17)].flat()),
    ];
    return concatenate(parts.flat());
  }
}

function attribute(name: string, value: Attribute): Uint8Array[] {
  if (typeof value === "number") return [text(1, name), integer(3, value), integer(20, 2)].flat();
  if ("float" in value) {
    const bytes = new Uint8Array(5);
    bytes[0] = (2 << 3) | 5;
    new DataView(bytes.buffer).setFloat32(1, value.float, true);
    return [text(1, name), [bytes], integer(20, 1)].flat();
  }
  return [text(1, name), ...value.map((one) => integer(8, one)), integer(20, 7)].flat();
}

function valueInfo({ name, type, shape }: OnnxValue): Uint8Array[] {
  const sides = shape.map((side) =>
    message(1, typeof side === "number" ? integer(1, side) : text(2, side)),
  );
  const tensor = [integer(1, type === "float" ? 1 : 7), message(2, sides.flat())].flat();
  return [text(1, name), message(2, message(1, tensor))].flat();
}

/** A number >= 0 of up to 32 bits or -1, in bytes of 7 bits, the least first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    const low = Number(rest & 127n);
    if (rest < 128n) return Uint8Array.from([...bytes, low]);
    bytes.push(low | 128);
  }
}

const integer = (field: number, value: number): Uint8Array[] => [varint(field << 3), varint(value)];

/** Bytes as they are. */
const block = (field: number, bytes: Uint8Array): Uint8Array[] => message(field, [bytes]);

const text = (field: number, value: string): Uint8Array[] =>
  block(field, new TextEncoder().encode(value));

/** Parts with their length before them: no copy is made until the end. */
function message(field: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [varint((field << 3) | 2), varint(length), ...parts];
}
