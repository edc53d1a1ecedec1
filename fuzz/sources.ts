// What the targets call: the package's entries, parsers that it does not export, and the tiny models of
// the tests.

export { decodeModel, encodeModel } from "../src/completion/model-file.js";
export * as core from "../src/index.js";
export { crc32 } from "../src/io/checksum.js";
export { parseRatings } from "../src/io/delimited.js";
export { FormatError } from "../src/io/errors.js";
export { partsOf, readWeights } from "../src/io/model-files.js";
export { decodeNpy, encodeNpy } from "../src/io/npy.js";
export { decodeSafetensors, encodeSafetensors } from "../src/io/safetensors.js";
export { toFloat32, toFloat64 } from "../src/io/stored-tensor.js";
export { readTextTable } from "../src/io/text-table.js";
export { TextTokenizer } from "../src/io/tokenizer.js";
export { decodeState, encodeState } from "../src/lora/training-state.js";
export * as lora from "../src/lora.js";
export * as node from "../src/lora-node.js";
export * as theory from "../src/theory.js";
export * as threads from "../src/threads.js";
export { encoderFixtures, encoderOf } from "../test/helpers/encoders.js";
export { tinyModel, tinyTokenizer } from "../test/helpers/text-models.js";
