// The file of an adapter's certificate: as that of a network, with texts for the labels; then the adapter
// on a model.
import {
  decodeAdapterCertificate,
  encodeSymbols,
  lora,
  tinyModel,
} from "../../build/fuzz/sources.mjs";
import { encodeModelFile, sealModelFile } from "../model-bytes.mjs";

/** Bits of half-precision numbers, ascending: -2, -1, 0, 0.5, 1. */
const halves = [0xc000, 0xbc00, 0, 0x3800, 0x3c00];
const model = lora.loadEncoder(tinyModel());
const examples = [{ text: "abc", label: 0 }];
const { modelChecksum } = lora.certifyAdapter(model, examples, {
  ...{ task: { kind: "classification", labels: ["a", "b"] }, steps: 0, method: "head" },
}).setting;

export default {
  name: "adapter-certificate",

  specimen(random) {
    const labels = ["no", "é"].map((label) => [label.length, label]);
    const adds = random.below(3);
    const dimension = random.pick([4, 9, 16]);
    const levels = random.between(2, halves.length);
    const symbols = random.list(dimension, dimension, () => random.below(levels));
    const runs =
      adds === 2
        ? [0]
        : random.pick([
            [1, 0, 3],
            [2, 1, 2, 4, 6],
          ]);
    const numbers = (...values) => values.map((value) => ["varint", value]);
    const fields = [
      ...numbers(0),
      ["texts", labels.length, labels],
      ...numbers(adds, adds === 2 ? 0 : 2, ...runs),
      ...numbers(1, 16, random.below(2 ** 32), modelChecksum, dimension, 4, levels),
      ["array", Uint16Array.from(halves.slice(0, levels))],
      ["array", encodeSymbols(symbols, levels)],
    ];
    const tree = { magic: "LRCERTAD", version: 1, length: undefined, fields };
    return { tree, value: { dimension, symbols: Int32Array.from(symbols) } };
  },

  encode: encodeModelFile,
  seal: sealModelFile,

  read(bytes) {
    const { setting, symbols } = decodeAdapterCertificate("certificate", bytes);
    const { task, dimension } = setting;
    const label = { classification: 0, "multi-label": [], similarity: 0 }[task.kind];
    const pair = task.kind === "similarity" ? { pair: "x" } : {};
    const { error, bound } = lora.verifyAdapter(bytes, model, [{ text: "abc", label, ...pair }]);
    if (!(error >= 0 && bound >= 0)) throw new Error(`error ${error}, bound ${bound}`);
    return { dimension, symbols };
  },
};
