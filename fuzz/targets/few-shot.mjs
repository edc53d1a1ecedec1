// The file of a few-shot classifier: labels, fixed fields and arrays, little endian, with a checksum that anybody
// can make.
import { lora, tinyModel } from "../../build/fuzz/sources.mjs";
import { encodeModelFile, sealModelFile } from "../model-bytes.mjs";

const model = lora.loadEncoder(tinyModel("bert"));
const { FewShotClassifier, fewShot } = lora;

export default {
  name: "few-shot",

  specimen(random) {
    const labels = ["no", "yes", "ü"].slice(0, random.between(2, 3));
    const word = () => Array.from({ length: 4 }, () => random.pick([..."abcdxyz "])).join("");
    const examples = labels.flatMap((label) => [0, 1].map(() => ({ text: word(), label })));
    const options = { maxTokens: random.between(4, 20), batchSize: 2, seed: random.below(99) };
    const saved = fewShot(model, examples, options).save();
    return { tree: treeOf(saved), value: { labels: [...labels], saved } };
  },

  encode: encodeModelFile,
  seal: sealModelFile,

  read(bytes) {
    const classifier = FewShotClassifier.load(bytes, model);
    for (const { probabilities } of classifier.classify(["abc", "x y", ""])) {
      const sum = probabilities.reduce((total, value) => total + value, 0);
      if (!(Math.abs(sum - 1) < 1e-9)) throw new Error(`the probabilities sum to ${sum}`);
    }
    return { labels: [...classifier.labels], saved: classifier.save() };
  },
};

/** The fields of a file. */
function treeOf(file) {
  const view = new DataView(file.buffer, file.byteOffset);
  let next = 16;
  const take = (size) => {
    next += size;
    return next - size;
  };
  const u32 = () => view.getUint32(take(4), true);
  const f64 = () => view.getFloat64(take(8), true);
  const array = (length) => Float64Array.from({ length }, f64);
  const count = u32();
  const texts = Array.from({ length: count }, () => {
    const length = u32();
    const start = take(2 * length);
    const text = Buffer.from(file.subarray(start, start + 2 * length)).toString("utf16le");
    return [length, text];
  });
  const fields = [["texts", count, texts]];
  fields.push(["u32", u32()], ["u32", u32()]);
  for (let i = 0; i < 6; i++) fields.push(["f64", f64()]);
  fields.push(["array", array(count)]);
  const features = u32();
  fields.push(["u32", features], ["array", array(features * count)], ["array", array(count)]);
  return { magic: "LOWRANKF", version: 1, length: undefined, fields };
}
