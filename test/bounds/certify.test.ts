import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prototypeTask } from "../../lab/prototypes.mjs";
import {
  type CertifyOptions,
  certification,
  certify,
  type Samples,
  verifyCertificate,
} from "../../src/bounds.js";
import { crc32 } from "../../src/formats/checksum.js";
import * as core from "../../src/index.js";

const samples = prototypeTask(core, 1)(600, 1);
const brief = { sizes: [64, 12, 10], steps: 60, tuningSteps: 30, batchSize: 64, seed: 3 };
const options = { ...brief, dimension: 49 };
const certified = certify(samples, options);

/** Every kind of certificate that there is. */
const kinds: [string, Partial<CertifyOptions>][] = [
  ["kronecker", { dimension: 49 }],
  ["dense", { map: "dense", dimension: 30 }],
  ["sparse", { map: "sparse", dimension: 30, biases: false }],
  ["fastfood", { map: "fastfood", dimension: 30 }],
  [
    "film",
    {
      map: "film",
      dimension: 30,
      ranges: [
        [0, 300],
        [780, 910],
      ],
    },
  ],
  ["film-kronecker", { map: "film-kronecker", dimension: 36, ranges: [[780, 910]] }],
  ["identity", { map: "identity", levels: 3 }],
  ["cores", { map: "cores", rank: 4 }],
  ["deep cores", { map: "cores", rank: 4, depth: 3 }],
  ["split", { map: "cores", rank: 4, bases: "gradient", splitShare: 0.25 }],
  ["paid", { map: "cores", rank: 3, bases: "gradient", payForBases: true }],
  ["lora", { update: "lora", rank: 2, map: "identity" }],
  ["sublora", { update: "lora", rank: 2, dimension: 25 }],
  ["one layer", { sizes: [64, 10], dimension: 25 }],
];

test.each(kinds)("a certificate of %s is decoded to what its maker saw", (_, kind) => {
  const made = certify(samples, { ...brief, ...kind });
  const { file, ...report } = made;
  expect(verifyCertificate(file, samples)).toEqual(report);
  expect(certify(samples, { ...brief, ...kind }).file).toEqual(file);
  expect(report.bits).toBeLessThan(report.fileBits);
  expect(report.bound).toBeLessThanOrEqual(report.fileBound);
  expect(report.bound).toBe(report.bounds.klInverse);
});

test("certification yields a loss for each step and returns what certify does", () => {
  const run = certification(samples, options);
  const phases: string[] = [];
  for (;;) {
    const { done, value } = run.next();
    if (done) {
      expect(value).toEqual(certified);
      break;
    }
    expect(Number.isFinite(value.loss)).toBe(true);
    phases.push(`${value.phase} ${value.step} of ${value.steps}`);
  }
  expect(phases.length).toBe(90);
  expect([phases[0], phases[59], phases[60], phases[89]]).toEqual([
    ...["training 1 of 60", "training 60 of 60", "tuning 1 of 30", "tuning 30 of 30"],
  ]);
});

describe("a damaged certificate", () => {
  test("with any bit flipped is refused by name", () => {
    for (let bit = 0; bit < 8 * certified.file.length; bit++) {
      const file = certified.file.slice();
      file[bit >> 3] ^= 1 << (bit & 7);
      expect(() => verifyCertificate(file, samples)).toThrow(/^model file: /);
    }
  });

  test("with a checksum made to fit is refused by name, or judged by what it says now", () => {
    let judged = 0;
    for (let bit = 8 * 16; bit < 8 * (certified.file.length - 4); bit++) {
      const file = certified.file.slice();
      file[bit >> 3] ^= 1 << (bit & 7);
      new DataView(file.buffer).setUint32(file.length - 4, crc32(file.subarray(0, -4)), true);
      let report: ReturnType<typeof verifyCertificate>;
      try {
        report = verifyCertificate(file, samples);
      } catch (error) {
        expect((error as Error).message).toMatch(/^(model file|verifyCertificate|projector): /);
        continue;
      }
      judged++;
      // Whatever the file claims to have been fixed: all of its bits are paid for here.
      expect(report.fileBits).toBe(certified.fileBits);
      expect(report.fileBound).toBeGreaterThanOrEqual(report.error);
      const again = verifyCertificate(file, samples);
      expect(again).toEqual(report);
    }
    expect(judged).toBeGreaterThan(50);
  });

  test("cut at any place is refused by name", () => {
    for (let length = 0; length < certified.file.length; length++) {
      expect(() => verifyCertificate(certified.file.slice(0, length), samples)).toThrow(
        /^model file: /,
      );
    }
  });
});

describe("what was chosen by the samples", () => {
  const cores = { ...brief, map: "cores", rank: 3, bases: "gradient" } as const;

  test("is refused where nothing pays for it", () => {
    expect(() => certify(samples, cores)).toThrow(
      "certify: bases are from the gradient, which the samples choose: splitShare must set samples",
    );
  });

  test("may come from a split, of which the bound says nothing", () => {
    const { samples: count, bits, file } = certify(samples, { ...cores, splitShare: 0.25 });
    expect(count).toBe(450);
    expect(bits).toBeLessThan(200);
    // Other samples would give other bases.
    const fewer: Samples = {
      inputs: new core.Matrix(599, 64, samples.inputs.data.subarray(0, 599 * 64)),
      labels: samples.labels.subarray(0, 599),
    };
    expect(() => verifyCertificate(file, fewer)).toThrow(
      "model file: it has a split of 600 samples, and 599 are given",
    );
  });

  test("may be in the file, where all of its bits are charged", () => {
    const paid = certify(samples, { ...cores, payForBases: true });
    const free = certify(samples, { ...cores, splitShare: 0.25 });
    // Two frames of three columns for each layer, in half precision.
    expect(paid.bits - free.bits).toBeGreaterThan(16 * 3 * (64 + 12 + 12 + 10) - 100);
  });

  test("pays log2 of the settings that were tried", () => {
    expect(certify(samples, { ...options, choices: 1024 }).bits - certified.bits).toBe(10);
    expect(certify(samples, { ...options, choices: 5 }).bits - certified.bits).toBe(3);
  });
});

test("a start that was given is needed again, the same", () => {
  const start = new Float32Array(910).fill(0.01);
  const { file, ...report } = certify(samples, { ...options, start });
  expect(verifyCertificate(file, samples, { start })).toEqual(report);
  expect(() => verifyCertificate(file, samples)).toThrow("they must be given as start");
  start[0] = 0.02;
  expect(() => verifyCertificate(file, samples, { start })).toThrow("they must be given as start");
  expect(() => verifyCertificate(certified.file, samples, { start })).toThrow("no start must be");
});

test("nothing hangs on the order of samples that are checked, nor on their type", () => {
  const order = [...samples.labels.keys()].reverse();
  const inputs = core.Matrix.from(order.map((i) => samples.inputs.row(i)));
  const labels = order.map((i) => samples.labels[i]);
  expect(verifyCertificate(certified.file, { inputs, labels })).toEqual(
    verifyCertificate(certified.file, samples),
  );
});

test("a smaller delta makes the bound larger", () => {
  const at = (delta: number) => verifyCertificate(certified.file, samples, { delta }).bound;
  expect(at(0.001)).toBeGreaterThan(at(0.05));
});

test("any bytes are refused by name", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => verifyCertificate(bytes, samples)).toThrow(/^model file: /);
    }),
  );
});

test("what cannot be is named", () => {
  const refused = (change: object, message: string) =>
    expect(() => certify(samples, { ...options, ...change } as never)).toThrow(
      `certify: ${message}`,
    );
  refused({ dimension: 1000 }, "dimension is 1000: it must be in 1 .. 910");
  refused({ levels: 1 }, "levels is 1: it must be an integer in 2 .. 256");
  refused({ sizes: [64] }, "sizes has 1 entries: it must have two or more");
  refused({ sizes: [63, 10] }, "inputs has 64 columns: the network takes 63 numbers");
  refused({ sizes: [64, 9] }, "labels[");
  refused({ choices: 0 }, "choices is 0: it must be an integer >= 1");
  refused({ update: "lora" }, "rank is 0: it must be given for LoRA and for cores");
  refused({ depth: 2 }, "depth is 2: only cores are products of factors");
  refused({ map: "cores", update: "lora", rank: 2 }, 'map is "cores": of LoRA it cannot be');
  refused({ map: "film" }, "ranges must be given for the film maps, and for no other");
  refused({ learningRate: 1e30 }, "the loss is");
  refused({ splitShare: 1e-9, bases: "gradient", map: "cores", rank: 2 }, "bases are from the");
  refused({ splitShare: 0.9999 }, "the split has 600 of 600 samples: some must be left");
  expect(() => certify({ inputs: samples.inputs, labels: [1] }, options)).toThrow(
    "certify: inputs has 600 rows and labels has 1 entries",
  );
  const inputs = samples.inputs.copy();
  inputs.set(3, 5, Number.NaN);
  expect(() => certify({ ...samples, inputs }, options)).toThrow(
    "certify: inputs[3, 5] is NaN: every entry must be finite",
  );
});
