import { mkdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { completeMatrix } from "../../src/completion/fit.js";
import { MatrixCompletion } from "../../src/completion/matrix-completion.js";
import { readAdapterFolder, writeFolder } from "../../src/files/adapter-folder.js";
import { crc32 } from "../../src/formats/checksum.js";
import { parseRatings } from "../../src/formats/delimited.js";
import { type ModelFiles, partsOf } from "../../src/formats/model-files.js";
import { decodeNpy } from "../../src/formats/npy.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32, fromFloat64, toFloat32, toFloat64 } from "../../src/formats/stored-tensor.js";
import { parseJsonObject } from "../../src/formats/strict-json.js";
import { readTextTable } from "../../src/formats/text-table.js";
import { TextTokenizer } from "../../src/formats/tokenizer.js";
import { DeepLora } from "../../src/lora/deep-lora.js";
import { Finetuning } from "../../src/lora/finetune.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { mergeAdapter } from "../../src/lora/merge.js";
import { loadAdapter, saveAdapter } from "../../src/lora/peft-files.js";
import { useAdapter } from "../../src/lora/use-adapter.js";
import { rankMatrix } from "../../src/ranking/fit.js";
import { MatrixRanking } from "../../src/ranking/matrix-ranking.js";
import { temporaryFolder } from "../helpers/cli.js";
import { jsonBytes, tinyModel, tinyTokenizer } from "../helpers/text-models.js";
import { views } from "../helpers/views.js";

type Bytes = Uint8Array;
type View = (bytes: Bytes) => Bytes;
const text = (content: string) => new TextEncoder().encode(content);
const folder = temporaryFolder();
afterAll(folder.remove);

const npyFixtures = JSON.parse(
  readFileSync(new URL("../fixtures/npy.json", import.meta.url), "utf8"),
) as { read: { name: string; file: string }[] };
const npy = (name: string) =>
  Buffer.from(npyFixtures.read.find((one) => one.name === name)!.file, "base64");

const tensors = encodeSafetensors([
  ["w", fromFloat32([3], Float32Array.of(1, -2, 0.5))],
  ["h", fromFloat32([3], Float32Array.of(1, -2, 0.5), "F16")],
  ["d", fromFloat64([2], Float64Array.of(0.1, 3))],
]);
/** The same, its header a byte longer: no tensor lies aligned. */
const unaligned = (() => {
  const length = new DataView(tensors.buffer).getUint32(0, true);
  const longer = new Uint8Array(tensors.length + 1);
  longer.set(tensors.subarray(0, 8 + length));
  longer[8 + length] = 0x20;
  longer.set(tensors.subarray(8 + length), 9 + length);
  new DataView(longer.buffer).setUint32(0, length + 1, true);
  return longer;
})();
const readTensors = (bytes: Bytes) => {
  const { tensors: read } = decodeSafetensors(bytes, "t");
  const at = (name: string) => read.get(name)!;
  return [toFloat32(at("w"), "w", "t"), toFloat32(at("h"), "h", "t"), toFloat64(at("d"), "d", "t")];
};

const files = tinyModel();
const method = () => new DeepLora({ rank: 2 });
const task = { kind: "classification", labels: ["no", "yes"] } as const;
const options = () => ({ method: method(), task: { ...task, labels: [...task.labels] }, steps: 4 });
const examples = ["a b", "c d", "e f", "a c"].map((one, i) => ({ text: one, label: i % 2 }));
const begun = new Finetuning(loadEncoder(files), examples, options());
begun.step();
const state = begun.save();
const adapter = saveAdapter(begun.adapter());
const each = (map: ReadonlyMap<string, Bytes>, view: View) =>
  new Map(Array.from(map, ([name, bytes]) => [name, view(bytes)] as const));
const modelWith = (view: View): ModelFiles => ({
  config: view(files.config),
  tokenizer: view(files.tokenizer!),
  weights: each(files.weights, view),
});

const model = completeMatrix(
  { rowIds: ["a", "a", "b", "b"], colIds: ["x", "y", "x", "z"], values: [1, 2, 3, 4] },
  { rank: 1, steps: 5 },
).save();

const ranking = rankMatrix({
  rowIds: ["a", "a", "b", "b", "c"],
  colIds: ["x", "y", "x", "z", "y"],
}).save();

/** Everything that reads bytes: what it makes of them, in the kind of memory that `view` gives. */
const readers: Record<string, (view: View) => unknown> = {
  "decodeNpy, f8": (view) => decodeNpy(view(npy("<f8"))),
  "decodeNpy, i2": (view) => decodeNpy(view(npy(">i2"))),
  decodeSafetensors: (view) => readTensors(view(tensors)),
  "decodeSafetensors, unaligned": (view) => readTensors(view(unaligned)),
  parseRatings: (view) =>
    parseRatings(view(text('ann,"Brazil, the ""film""",5\nbob,"Álien ""1""",4\n'))),
  "readTextTable, CSV": (view) =>
    readTextTable(view(text('t,l\n"a ""b"" é",x\nc,y\n')), "t", { texts: ["t"], label: "l" }),
  "readTextTable, JSON lines": (view) =>
    readTextTable(view(text('{"t":"é"}\n{"t":"b"}\n')), "t", { texts: ["t"] }),
  parseJsonObject: (view) => parseJsonObject(view(text('{"a":["é"]}')), "t"),
  partsOf: (view) => partsOf(view(jsonBytes({ weight_map: { a: "b.safetensors" } }))),
  TextTokenizer: (view) =>
    new TextTokenizer(view(jsonBytes(tinyTokenizer))).encode("a bc", "d", 16),
  crc32: (view) => crc32(view(text("123456789"))),
  "MatrixCompletion.load": (view) => Array.from(MatrixCompletion.load(view(model)).save()),
  "MatrixRanking.load": (view) => Array.from(MatrixRanking.load(view(ranking)).save()),
  loadEncoder: (view) => loadEncoder(modelWith(view)).embed([{ text: "a b c" }]).data,
  mergeAdapter: (view) => mergeAdapter(loadEncoder(modelWith(view)), loadAdapter(adapter, "bert")),
  loadAdapter: (view) => {
    const loaded = loadAdapter(each(adapter, view), "bert");
    const { data } = useAdapter(loadEncoder(files), loaded).predict([{ text: "a b" }]);
    return { data, saved: saveAdapter(loaded) };
  },
  "Finetuning, resume": (view) => {
    const run = new Finetuning(loadEncoder(files), examples, {
      ...options(),
      resume: view(state),
    });
    return [run.step(), run.step(), Array.from(run.save())];
  },
  writeFolder: (view) => {
    mkdirSync(folder.at("out"), { recursive: true });
    writeFolder(folder.at("out"), each(adapter, view));
    return Array.from(readAdapterFolder(folder.at("out")), ([name, read]) => [name, [...read]]);
  },
};

test.each(Object.keys(readers))(
  "%s gives the same from every kind of memory, and leaves it as it was",
  (name) => {
    const expected = readers[name](views["a Uint8Array"]);
    for (const [kind, view] of Object.entries(views)) {
      const given: { memory: Uint8Array; before: Uint8Array }[] = [];
      const watched = (bytes: Bytes) => {
        const shown = view(bytes);
        const memory = new Uint8Array(shown.buffer);
        // The pool of Buffers is everybody's: of it only the own bytes are watched.
        const own = kind === "a Buffer of the pool" ? shown : memory;
        given.push({ memory: own, before: Uint8Array.from(own) });
        return shown;
      };
      expect(readers[name](watched), kind).toEqual(expected);
      expect(given.length).toBeGreaterThan(0);
      for (const { memory, before } of given) expect(Buffer.compare(memory, before)).toBe(0);
    }
  },
);

test("an adapter does not change when the bytes it was read from do", () => {
  const bytes = each(adapter, (one) => Uint8Array.from(one));
  const loaded = loadAdapter(bytes, "bert");
  for (const one of bytes.values()) one.fill(0);
  expect(saveAdapter(loaded)).toEqual(saveAdapter(loadAdapter(adapter, "bert")));
});

test.each([
  [undefined],
  [null],
  ["text"],
  [[1, 2]],
  [new ArrayBuffer(8)],
  [new DataView(new ArrayBuffer(8))],
])("what is not bytes is a TypeError that says so: %o", (value) => {
  const bytes = value as never;
  const refuse = (make: () => unknown) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/^[\w.]+: .+ is .+: it must be a Uint8Array, the bytes of the file$/);
  };
  refuse(() => decodeNpy(bytes));
  refuse(() => decodeSafetensors(bytes));
  refuse(() => MatrixCompletion.load(bytes));
  refuse(() => loadAdapter(new Map([["adapter_config.json", bytes]]), "bert"));
  refuse(() => loadEncoder({ ...files, config: bytes }));
  refuse(() => readTextTable(bytes, "t", { texts: ["a"] }));
});

test("bytes whose memory was transferred away are a TypeError that says so", () => {
  const bytes = Uint8Array.from(model);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  expect(() => MatrixCompletion.load(bytes)).toThrow(
    /^MatrixCompletion.load: bytes has lost its memory/,
  );
});
