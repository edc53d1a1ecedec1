// What the targets call: the package's entries, parsers that it does not export, and the tiny models of
// the tests.

export { decodeCertificate } from "../src/bounds/certificate-file.js";
export * as bounds from "../src/bounds.js";
export { encodeSymbols } from "../src/codes/symbols.js";
export { decodeModel, encodeModel } from "../src/completion/model-file.js";
export * as federated from "../src/federated.js";
export { crc32 } from "../src/formats/checksum.js";
export { parseEntries, parseRatings } from "../src/formats/delimited.js";
export { FormatError } from "../src/formats/errors.js";
export { parseFeatures } from "../src/formats/feature-table.js";
export { partsOf, readWeights } from "../src/formats/model-files.js";
export { decodeNpy, encodeNpy } from "../src/formats/npy.js";
export { decodeSafetensors, encodeSafetensors } from "../src/formats/safetensors.js";
export { toFloat32, toFloat64 } from "../src/formats/stored-tensor.js";
export { readTextTable } from "../src/formats/text-table.js";
export { TextTokenizer } from "../src/formats/tokenizer.js";
export * as generative from "../src/generative.js";
export * as core from "../src/index.js";
export { decodeAdapterCertificate } from "../src/lora/adapter-certificate.js";
export { decodeState, encodeState } from "../src/lora/training-state.js";
export * as lora from "../src/lora.js";
export * as node from "../src/lora-node.js";
export * as disk from "../src/node.js";
export * as theory from "../src/theory.js";
export * as threads from "../src/threads.js";
export { encoderFixtures, encoderOf } from "../test/helpers/encoders.js";
export { tinyModel, tinyTokenizer } from "../test/helpers/text-models.js";
export * as shardFiles from "./shard-files.js";
