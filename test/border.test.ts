// Nonsense in the place of any argument of any public function: what is refused is refused in our own
// words, never in the engine's about a property that is not there.
import { afterAll, beforeAll, expect, test } from "vitest";
import * as bounds from "../src/bounds.js";
import * as federated from "../src/federated.js";
import * as generative from "../src/generative.js";
import * as core from "../src/index.js";
import * as lora from "../src/lora.js";
import * as node from "../src/lora-node.js";
import * as disk from "../src/node.js";
import * as theory from "../src/theory.js";
import * as threads from "../src/threads.js";
import { temporaryFolder } from "./helpers/cli.js";
import { tinyModel } from "./helpers/text-models.js";

/** How V8 complains where nothing was checked. */
const unchecked =
  /Cannot (read|destructure|convert|mix|access)|is not (a function|iterable|defined)|Invalid (array|typed)|Maximum call/;

/** Classes whose objects other functions make, errors among them. */
const internal =
  /^(HouseholderQ|Pca|MatrixCompletion|MatrixRanking|RankedRow|DeepLinearNetwork|TextModel|FewShotClassifier|ThreadPool|ShardFolder|.*Error)$/;

const entries = {
  ...{ ...core, ...lora, ...threads, ...node, ...disk, ...theory },
  ...{ ...bounds, ...federated, ...generative },
};
const functions = Object.entries(entries).filter(
  ([name, value]) => typeof value === "function" && !internal.test(name),
) as [string, Call][];

type Call = (...args: unknown[]) => unknown;

const square = core.Matrix.from([
  [2, 1],
  [1, 3],
]);
const problem = core.factorization(square);
const model = core.deepFactorization({ shape: problem, seed: 0 });
const values = [
  ...[undefined, null, 5, Number.NaN, "x", Symbol("x"), {}, [], [null], () => 1],
  ...[new Float64Array(4), new Map(), square, problem, model],
];
const last = [undefined, null, 5, {}, []];

// A folder that a function makes must not land in the repository.
const start = process.cwd();
const folder = temporaryFolder();
beforeAll(() => process.chdir(folder.path));
afterAll(() => {
  process.chdir(start);
  folder.remove();
});

/** Why the function refuses the arguments, or "". */
async function refusal(call: Call, args: unknown[]): Promise<string> {
  const isClass = /^class\b/.test(Function.prototype.toString.call(call));
  try {
    // A class is called, too, where a caller without types forgets "new": that is the engine's word.
    const made = isClass ? Reflect.construct(call, args) : call(...args);
    const result = Object(await made);
    // What is computed step by step may check with the first step.
    if (typeof result.next === "function") {
      await result.next();
      await result.return?.();
    }
    if (typeof result.terminate === "function") await result.terminate();
    return "";
  } catch (error) {
    return String((error as Error)?.message ?? error);
  }
}

test("there are functions of every entry to try", () => {
  expect(functions.length).toBeGreaterThan(60);
});

/** That of the object's class, and of the classes that it extends. */
function prototypesOf(object: object): object[] {
  const prototype = Object.getPrototypeOf(object);
  return prototype === Object.prototype ? [] : [prototype, ...prototypesOf(prototype)];
}

/** Methods of a class, or of its objects. */
function methodsOf(name: string, holder: () => object): [string, Call][] {
  const isClass = typeof holder() === "function";
  const sources = isClass ? [holder()] : prototypesOf(holder());
  return sources
    .flatMap((source) => Object.entries(Object.getOwnPropertyDescriptors(source)))
    .filter(([key, { value }]) => typeof value === "function" && key !== "constructor")
    .filter(([key]) => !forThreads.includes(key))
    .map(([key]) => [
      `${name}.${key}`,
      (...args) => (holder() as Record<string, Call>)[key](...args),
    ]);
}
/** What the package's own parts ask of a run or a model. */
const forThreads = [
  ...["partOfStep", "finishStep", "replica", "checkLoss"],
  ...["tokenizeSentence", "promptTokens", "tokens", "scores"],
  ...[
    "fromSorted",
    "withValues",
    "indexColumns",
    "placesOf",
    "predictAt",
    "baselineAt",
    "outlierMarks",
  ],
  ...["bind", "checkParameters"],
];

const examples = [
  { text: "abc", label: 0 },
  { text: "x", label: 1 },
];
const task = { kind: "classification", labels: ["no", "yes"] } as const;
const textModel = lora.loadEncoder(tinyModel());
const tuning = new lora.Finetuning(textModel, examples, {
  ...{ method: new lora.Lora({ rank: 2 }), task, steps: 1 },
});
const completed = core.completeMatrix({ rowIds: ["a", "b"], colIds: ["x", "y"], values: [1, 2] });
const clicks = { rowIds: ["a", "a", "b"], colIds: ["x", "y", "y"] };
const ranking = core.rankMatrix(clicks, { validationFraction: 0 });
const entry = { rows: 1, cols: 1, rowIndices: [0], colIndices: [0], values: [1] };
const air = { dimension: 8, sparsity: 1, seed: 0 };
const run = core.train(model, problem, { steps: 1 });
const recovery = {
  operator: square,
  measurements: [1, 2],
  generator: generative.ReluGenerator.random({ sizes: [1, 2], seed: 1 }),
};
const methods: [string, Call][] = [
  ...methodsOf("Matrix", () => core.Matrix),
  ...methodsOf("matrix", () => square.copy()),
  ...methodsOf("SparseMatrix", () => core.SparseMatrix),
  ...methodsOf("sparse", () => core.SparseMatrix.fromTriplets(entry)),
  ...methodsOf("packed", () => core.packMatrix(square)),
  ...methodsOf("reflections", () => core.householderQr(square).Q),
  ...methodsOf("stream", () => new core.StreamingSvd({ cols: 2, rank: 1, seed: 0 })),
  ...methodsOf("Pca", () => core.Pca),
  ...methodsOf("pca", () => core.pca(square)),
  ...methodsOf("streamingPca", () => new core.StreamingPca({ cols: 2 })),
  ...methodsOf("online", () => new core.OnlineCompletion({ rank: 1 })),
  ...methodsOf("MatrixCompletion", () => core.MatrixCompletion),
  ...methodsOf("completion", () => completed),
  ...methodsOf("MatrixRanking", () => core.MatrixRanking),
  ...methodsOf("ranking", () => ranking),
  ...methodsOf("model", () => core.compress(model, problem, { rank: 1 })),
  ...methodsOf("run", () => run),
  ...methodsOf("map", () => bounds.projector({ size: 9, dimension: 4, seed: 0 })),
  ...methodsOf("textModel", () => textModel),
  ...methodsOf("finetuning", () => tuning),
  ...methodsOf("network", () => new generative.FeedForward({ sizes: [2, 2], dtype: "f64" })),
  ...methodsOf("ReluGenerator", () => generative.ReluGenerator),
  ...methodsOf("generator", () => generative.ReluGenerator.random({ sizes: [1, 2], seed: 1 })),
  ...methodsOf("recovery", () => generative.recover(recovery)),
  ...methodsOf("airWorker", () => new federated.PolarAirWorker(air)),
  ...methodsOf("airServer", () => new federated.PolarAirServer(air)),
  ...methodsOf("stopping", () => new lora.EarlyStopping()),
  ...methodsOf("adapted", () => lora.useAdapter(textModel, tuning.adapter())),
];

const all = [
  ...functions.map(([name, call]) => ({ name, call, thirds: last })),
  ...methods.map(([name, call]) => ({ name, call, thirds: [undefined] })),
];
test.each(all)("$name says in its own words what it refuses", async ({ name, call, thirds }) => {
  const offences = new Map<string, string>();
  for (const a of values) {
    for (const b of values) {
      for (const c of thirds) {
        const message = await refusal(call, [a, b, c]);
        if (!unchecked.test(message)) continue;
        offences.set(message, `${name}(${[a, b, c].map((x) => typeof x)})`);
      }
    }
  }
  expect([...offences]).toEqual([]);
});
