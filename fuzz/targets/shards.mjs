// Weights in parts: an index that says which tensor is in which file.
import { readWeights } from "../../build/fuzz/sources.mjs";
import { jsonBytes, Pairs } from "../json.mjs";
import { encodeSafetensorsTree, safetensorsTree } from "./safetensors.mjs";

export default {
  name: "shards",
  finite: false,

  specimen(random) {
    const count = random.between(1, 3);
    const files = Array.from(
      { length: count },
      (_, i) => `model-0000${i + 1}-of-0000${count}.safetensors`,
    );
    const tensors = files.map((_, f) =>
      random.list(1, 3, (i) => {
        const length = random.below(4);
        const data = Uint8Array.from({ length }, () => random.below(256));
        return [`t${f}.${i}`, { dtype: "U8", shape: [length], data }];
      }),
    );
    const places = files.flatMap((file, f) => tensors[f].map(([name]) => [name, file]));
    const tree = {
      index: Pairs.from({
        metadata: {
          total_size: tensors.flat().reduce((sum, [, { data }]) => sum + data.length, 0),
        },
        weight_map: new Pairs(places),
      }),
      files: files.map((file, f) => [file, safetensorsTree(tensors[f])]),
    };
    const value = tensors
      .flat()
      .map(([name, { dtype, shape, data }]) => [name, { dtype, shape, bytes: data }]);
    return { tree, value: new Map(value) };
  },

  encode(tree) {
    const { index, files } = Object(tree);
    const parts = (Array.isArray(files) ? files : []).filter(Array.isArray);
    return new Map([
      ["model.safetensors.index.json", jsonBytes(index)],
      ...parts.map(([name, file]) => [String(name), encodeSafetensorsTree(file)]),
    ]);
  },

  read(files) {
    const weights = new Map(files);
    const index = weights.get("model.safetensors.index.json");
    weights.delete("model.safetensors.index.json");
    const read = readWeights({ config: new Uint8Array(0), weights, ...(index ? { index } : {}) });
    return new Map(
      Array.from(read, ([name, { dtype, shape, bytes }]) => [
        name,
        { dtype, shape, bytes: Uint8Array.from(bytes) },
      ]),
    );
  },
};
