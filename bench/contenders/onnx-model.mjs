// The smallest ONNX model: C = MatMul(A, B) of any shape, encoded by hand in the format of protocol
// buffers (each field is a tag, number * 8 + type, and a value), since the package has no builder.

const varint = (value) => {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
};
const integer = (field, value) => [...varint(field << 3), ...varint(value)];
const nested = (field, bytes) => [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
const text = (field, value) => nested(field, [...new TextEncoder().encode(value)]);

const elementTypes = { f32: 1, f64: 11 };

/** A matrix of two sizes that are only known when it is run. */
function matrix(name, dtype, rows, cols) {
  const sizes = [rows, cols].flatMap((size) => nested(1, text(2, size)));
  const tensor = [...integer(1, elementTypes[dtype]), ...nested(2, sizes)];
  return [...text(1, name), ...nested(2, nested(1, tensor))];
}

/** The bytes of the model. */
export function matmulModel(dtype) {
  const node = [...text(1, "A"), ...text(1, "B"), ...text(2, "C"), ...text(4, "MatMul")];
  const graph = [
    ...nested(1, node),
    ...text(2, "matmul"),
    ...nested(11, matrix("A", dtype, "m", "k")),
    ...nested(11, matrix("B", dtype, "k", "n")),
    ...nested(12, matrix("C", dtype, "m", "n")),
  ];
  const operators = integer(2, 17);
  return Uint8Array.from([...integer(1, 8), ...nested(7, graph), ...nested(8, operators)]);
}
