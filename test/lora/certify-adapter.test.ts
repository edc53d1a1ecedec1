// An adapter's certificate: the file is the adapter, and nothing in it is believed.
import { describe, expect, test } from "vitest";
import { boundedRange, klInverse } from "../../src/bounds.js";
import { crc32 } from "../../src/formats/checksum.js";
import {
  adapterCertification,
  type CertifyAdapterOptions,
  certifyAdapter,
  DeepLora,
  type Example,
  Finetuning,
  FullFineTuning,
  loadEncoder,
  saveAdapter,
  useAdapter,
  verifyAdapter,
} from "../../src/lora.js";
import { tinyModel } from "../helpers/text-models.js";

const letters = (i: number) => String.fromCharCode(97 + (i % 26));
/** Texts of one of two kinds, no two quite alike. */
const classes: Example[] = Array.from({ length: 200 }, (_, i) => ({
  text: `${i % 2 ? "abc" : "xyz"} ${letters(i)}${letters(7 * i + 3)}`,
  label: i % 2,
}));
const task = { kind: "classification", labels: ["no", "yes"] } as const;
const fresh = () => loadEncoder(tinyModel());
const brief = { task, steps: 30, rank: 4, learningRate: 0.05 } as const;
const made = certifyAdapter(fresh(), classes, brief);
const { file, ...report } = made;

const pairs: Example[] = classes.map(({ text }, i) => ({
  ...{ text, pair: i % 3 ? text : "qrs" },
  label: i % 3 ? 1 : 0,
}));
const kinds: [string, readonly Example[], Partial<CertifyAdapterOptions>][] = [
  ["LoRA", classes, { seed: 2, dimension: 49, levels: 3 }],
  ["LoRA on some layers", classes, { targets: ["query", "value"], trainHead: false }],
  ["Deep LoRA", classes, { method: "deep-lora" }],
  ["the head", classes, { method: "head", choices: 8 }],
  [
    "several labels",
    classes.map(({ text, label }) => ({ text, label: label === 1 ? [0, 1] : [] })),
    { task: { kind: "multi-label", labels: ["a", "b"] } },
  ],
  ["similarities", pairs, { task: { kind: "similarity" } }],
];

test.each(kinds)("a certificate of %s is decoded to what its maker saw", (_, examples, options) => {
  const { file, ...report } = certifyAdapter(fresh(), examples, { ...brief, ...options });
  expect(verifyAdapter(file, fresh(), examples)).toEqual(report);
  expect(certifyAdapter(fresh(), examples, { ...brief, ...options }).file).toEqual(file);
  const { error, bound, fileBound, bits, fileBits, samples } = report;
  expect(samples).toBe(200);
  expect(bits).toBeLessThan(fileBits);
  expect(bound).toBeLessThanOrEqual(fileBound);
  const range = report.measure === "error rate" ? 1 : 4;
  const nats = bits * Math.LN2;
  expect(bound).toBe(range * klInverse({ error: error / range, nats, samples }));
});

test("the adapter is learned, and what PEFT's files hold is what the certificate decodes to", () => {
  expect(report).toMatchObject({ error: 0, constant: 0.5, measure: "error rate", evaluated: 200 });
  const model = fresh();
  const decoded = verifyAdapter(file, model, classes).adapter;
  expect(saveAdapter(decoded)).toEqual(saveAdapter(made.adapter));
  const scores = useAdapter(model, decoded).predict(classes);
  for (const [i, { label }] of classes.entries()) {
    expect(Number(scores.get(i, 1) > scores.get(i, 0))).toBe(label);
  }
});

test("labels that say nothing have a bound no better than guessing", () => {
  const shuffled = classes.map(({ text }, i) => ({ text, label: (i * i * 7 + (i >> 2)) % 2 }));
  const { vacuous, bound } = certifyAdapter(fresh(), shuffled, { ...brief, steps: 10 });
  expect(vacuous).toBe(true);
  expect(bound).toBeGreaterThanOrEqual(0.5);
});

test("what was tried before is paid for, and whoever measures on fewer texts pays for the others", () => {
  const paid = certifyAdapter(fresh(), classes, { ...brief, choices: 9 });
  expect(paid.bits).toBe(report.bits + 4);
  expect(paid.checksum).toBe(report.checksum);
  const some = verifyAdapter(file, fresh(), classes, { evaluated: 50, seed: 3 });
  expect(some).toMatchObject({ samples: 200, evaluated: 50, adapter: report.adapter });
  const evidence = { loss: some.error, range: 1, samples: 200, evaluated: 50 };
  expect(some.bound).toBe(boundedRange({ ...evidence, nats: some.bits * Math.LN2 }));
  expect(some.bounds).toEqual({ boundedRange: some.bound });
  expect(some.bound).toBeGreaterThan(report.bounds.boundedRange!);
});

test("it yields a loss for each step, and searches the rate where none is given", () => {
  const { learningRate: _, ...searched } = brief;
  const options = { ...searched, steps: 120, batchSize: 4, tuningSteps: 7 };
  const run = adapterCertification(fresh(), classes, options);
  const seen = { search: 0, training: 0, tuning: 0 };
  for (;;) {
    const { done, value } = run.next();
    if (done) break;
    expect(Number.isFinite(value.loss)).toBe(true);
    seen[value.phase]++;
  }
  expect(seen.search).toBeGreaterThan(0);
  expect(seen).toMatchObject({ training: 120, tuning: 7 });
});

describe("nothing of the start depends on the examples", () => {
  test("the start is the seed's: other examples, the same adapter at coefficients of zero", () => {
    // Without updates all coefficients are 0.
    const start = (examples: Example[]) => {
      const { adapter } = certifyAdapter(fresh(), examples, {
        ...brief,
        method: "deep-lora",
        steps: 0,
      });
      return adapter;
    };
    expect(start(classes)).toEqual(start(classes.slice(100).reverse()));
  });

  test("bases of the gradient are refused, and those of the seed are of orthonormal columns", () => {
    const { encoder } = fresh();
    for (const bases of ["gradient", "invariant"] as const) {
      expect(() => new DeepLora({ rank: 4, bases }).plan(encoder)).toThrow(
        `DeepLora: bases is "${bases}", which the examples choose: it must be "random" here`,
      );
    }
    const [{ factors }] = new DeepLora({ rank: 4, bases: "random" }).plan(encoder);
    const V = factors[0].matrix;
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        let product = 0;
        for (let k = 0; k < V.cols; k++) product += V.get(i, k) * V.get(j, k);
        expect(product).toBeCloseTo(Number(i === j), 12);
      }
    }
  });

  test("a model that was trained itself is another one", () => {
    const model = fresh();
    const options = { method: new FullFineTuning(), task, steps: 1, learningRate: 1e-3 };
    new Finetuning(model, classes, options).step();
    expect(() => verifyAdapter(file, model, classes)).toThrow(
      "model file: its adapter is of another model, or of other weights of it",
    );
  });

  test.each<[object, string]>([
    [
      { task: { kind: "regression" } },
      'certifyAdapter: kind of task is "regression": it must be classification',
    ],
    [{ method: "full" }, 'certifyAdapter: method is "full": it must be'],
    [{ dimension: 1e6 }, "certifyAdapter: dimension is 1000000: only"],
    [{ targets: ["nothing"] }, "targets: no linear layer is called"],
    [{ rank: 50 }, "certifyAdapter: rank is 50 and a layer is"],
    [{ method: "deep-lora", rank: 50 }, "certifyAdapter: rank is 50 and a layer is"],
    [{ method: "head", trainHead: false }, "certifyAdapter: nothing is trained"],
    [{ levels: 1 }, "certifyAdapter: levels is 1: it must be an integer in 2 .. 256"],
    [{ learningRate: 0 }, "certifyAdapter: learningRate is 0"],
  ])("%j is refused", (options, reason) => {
    const given = { ...brief, ...options } as CertifyAdapterOptions;
    expect(() => adapterCertification(fresh(), classes, given)).toThrow(reason);
  });
});

describe("a damaged certificate", () => {
  const model = fresh();
  const some = classes.slice(0, 20);
  const honest = verifyAdapter(file, model, some);

  test("with any bit flipped is refused by name", () => {
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const changed = file.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      expect(() => verifyAdapter(changed, model, some)).toThrow(/^model file: /);
    }
  });

  test("with a checksum made to fit is refused by name, or judged by what it says now", () => {
    let judged = 0;
    // Behind magic, version and length.
    for (let bit = 8 * 16; bit < 8 * (file.length - 4); bit++) {
      const changed = file.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      new DataView(changed.buffer).setUint32(
        changed.length - 4,
        crc32(changed.subarray(0, -4)),
        true,
      );
      try {
        const { error, bits, bound, checksum } = verifyAdapter(changed, model, some);
        expect(bound).toBe(klInverse({ error, nats: bits * Math.LN2, samples: 20 }));
        // What claims to be the same adapter has its error.
        if (checksum === honest.checksum) expect(error).toBe(honest.error);
        judged++;
      } catch (error) {
        expect((error as Error).message).toMatch(/^(model file: |verifyAdapter: example)/);
      }
    }
    expect(judged).toBeGreaterThan(50);
  });

  test("of a network is told apart", () => {
    const network = new Uint8Array(file);
    network.set(new TextEncoder().encode("LRCERTIF"));
    expect(() => verifyAdapter(network, model, some)).toThrow("it does not begin with LRCERTAD");
  });
});
