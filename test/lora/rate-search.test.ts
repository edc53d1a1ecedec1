// The search by itself, on losses that are known, and before a run.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../src/formats/checksum.js";
import type { PlannedLayer } from "../../src/lora/adaptation.js";
import { resultOf } from "../../src/lora/choose-rate.js";
import { Finetuning, finetune, withRate } from "../../src/lora/finetune.js";
import type { FinetuneOptions } from "../../src/lora/finetune-options.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { FullFineTuning, HeadOnly } from "../../src/lora/plain-methods.js";
import { searchRate, searchSize, type TrialSettings } from "../../src/lora/rate-search.js";
import { DivergenceError } from "../../src/optim/divergence-error.js";
import { tinyModel } from "../helpers/text-models.js";

describe("on known losses", () => {
  const usual = 1e-3;
  const place = (rate: number) => Math.round(Math.log(rate / usual) / Math.log(3));
  /** A short run is at three times the rate that it tries. */
  const tries = (run: TrialSettings) => place(run.learningRate) - 1;

  /** Searches where a short run ends at `lossAt` the place in the grid that it tries: one loss, or both. */
  function search(
    lossAt: (
      place: number,
      run: TrialSettings,
    ) => number | { trained: number | number[]; heldOut: number | number[] },
    steps = 100,
  ) {
    const size = searchSize(steps, 16, 64)!;
    const runs: TrialSettings[] = [];
    let judged = 0;
    const seen: { step: number; totalSteps: number }[] = [];
    const steps_ = searchRate(usual, size, (run) => {
      runs.push(run);
      let done = 0;
      return {
        step: () => {
          done += 1;
          return 1;
        },
        judge: () => {
          expect(done).toBe(run.steps);
          judged += 2 * run.heldOut;
          const loss = lossAt(tries(run), run);
          const { trained, heldOut } =
            typeof loss === "number" ? { trained: loss, heldOut: loss } : loss;
          return { trained: [trained].flat(), heldOut: [heldOut].flat() };
        },
      };
    });
    let next = steps_.next();
    for (; !next.done; next = steps_.next()) seen.push(next.value);
    const trained = runs.reduce((sum, run) => sum + run.steps * size.batchSize, 0);
    return { found: place(next.value), runs, seen, texts: trained + judged / 2, size };
  }

  test.each([-4, -3, -2, -1, 0, 1, 2])(
    "the least of a valley is found at place %i, below the grid as well",
    (valley) => {
      expect(search((at) => (at - valley) ** 2).found).toBe(valley);
    },
  );

  test("it looks no further than two places below the grid, and not above it", () => {
    expect(search((at) => -at).found).toBe(2);
    expect(search((at) => (at - 4) ** 2).found).toBe(2);
    expect(search((at) => at).found).toBe(-4);
  });

  test("of rates that are equally good the smallest two are tried longer, and the larger is taken", () => {
    expect(search((at) => (at === -2 ? 2 : 1)).found).toBe(0);
    expect(search((at) => Math.abs(at)).found).toBe(0);
  });

  test("longer runs of the two best decide, on other examples", () => {
    const { found, runs } = search((at, { fold }) => (fold === 0 ? Math.abs(at) : -at));
    const second = runs.filter(({ fold }) => fold === 1);
    expect(second.map(tries)).toEqual([0, -1]);
    expect(found).toBe(0);
    expect(second[0].steps).toBeGreaterThan(2 * runs[0].steps);
  });

  test("beyond the rate that fits the trained examples best, the least loss counts for nothing", () => {
    // From place 2 on the model gives the same scores for every text, and knows how often each class is.
    const learned = (at: number) => ({ trained: 0.5 - at / 10, heldOut: 1.2 - at / 10 });
    const flat = { trained: 0.7, heldOut: 0.6 };
    expect(search((at) => (at > 1 ? flat : learned(at))).found).toBe(1);
  });

  test("the smaller of the last two is taken where it is better by more than the standard error", () => {
    // Place 1 fits as well as place 0, and is behind it on the others by these gaps.
    const losses = (at: number, gaps: number[]) => ({
      trained: at < 0 || at > 1 ? [5, 5] : [1, 1],
      heldOut: at < 0 || at > 1 ? [5, 5] : gaps.map((gap) => 1 + gap * at),
    });
    expect(search((at) => losses(at, [1, 1])).found).toBe(0);
    expect(search((at) => losses(at, [1, -0.2])).found).toBe(1);
    expect(search((at) => losses(at, [-1, -1])).found).toBe(1);
  });

  test("the larger of the last two is not taken where it fits the trained examples worse", () => {
    const losses = (at: number) => ({ trained: Math.abs(at), heldOut: -at });
    expect(search((at, { fold }) => (fold === 0 ? Math.abs(at - 0.4) : losses(at))).found).toBe(0);
  });

  test("a rate that diverges is worse than any that does not, whenever it does", () => {
    const diverge = (step: number): never => {
      throw new DivergenceError("Finetuning", step, Number.NaN, 1);
    };
    expect(search((at) => (at > 0 ? diverge(1) : -at)).found).toBe(0);
    expect(search((at) => (at > 0 ? Number.NaN : -at)).found).toBe(0);
    // In the longer runs alone: the best smaller rate that has held in a short one.
    expect(search((at, { fold }) => (at > 0 && fold === 1 ? diverge(1) : -at)).found).toBe(0);
    expect(search((at, { fold }) => (at > 1 && fold === 1 ? diverge(1) : -at)).found).toBe(1);
    expect(() => search(() => diverge(3))).toThrow(DivergenceError);
  });

  test("whatever the losses are, all short runs together stay within a third of the run", () => {
    const losses = fc.array(fc.double({ noNaN: false }), { minLength: 20, maxLength: 20 });
    const sizes = fc.record({
      steps: fc.integer({ min: 0, max: 2000 }),
      batchSize: fc.integer({ min: 1, max: 64 }),
      examples: fc.integer({ min: 1, max: 3000 }),
    });
    fc.assert(
      fc.property(sizes, losses, ({ steps, batchSize, examples }, values) => {
        const size = searchSize(steps, batchSize, examples);
        if (size === undefined) return;
        let texts = 0;
        let made = 0;
        let announced = 0;
        const run = searchRate(usual, size, ({ steps: length, heldOut }) => {
          expect(heldOut).toBeGreaterThan(0);
          expect(2 * heldOut).toBeLessThanOrEqual(examples);
          const loss = values[made];
          made += 1;
          const step = () => {
            texts += size.batchSize;
            return 1;
          };
          expect(length).toBeGreaterThan(0);
          const judge = () => {
            texts += (2 * heldOut) / 2;
            return { trained: [loss], heldOut: [loss] };
          };
          return { step, judge };
        });
        try {
          let done = 0;
          for (const { step, totalSteps } of run) {
            done += 1;
            expect(step).toBe(done);
            expect(step).toBeLessThanOrEqual(totalSteps);
            announced = totalSteps;
          }
          expect(announced).toBe(done);
        } catch (error) {
          if (!(error instanceof DivergenceError)) throw error;
        }
        expect(texts).toBeLessThanOrEqual((steps * Math.min(batchSize, examples)) / 3);
      }),
    );
  });

  test("it is announced how many steps there will be, and there are as many", () => {
    const { seen } = search((at) => at ** 2);
    const total = seen.length;
    expect(seen[0].totalSteps).toBe(total);
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  });

  test("a run that is too short is not searched", () => {
    expect(searchSize(200, 16, 1)).toBeUndefined();
    expect(searchSize(10, 16, 64)).toBeUndefined();
    expect(searchSize(60, 16, 16)).toBeDefined();
  });
});

const bitsOf = ({ buffer }: Float32Array | Float64Array) => crc32(new Uint8Array(buffer));

describe("before a run", () => {
  const examples = Array.from({ length: 20 }, (_, i) => ({
    text: i % 2 ? "abc abd" : "xyz wxy",
    label: i % 2,
  }));
  const task = { kind: "classification", labels: ["odd", "even"] } as const;
  const options = (changes: Partial<FinetuneOptions> = {}): FinetuneOptions => ({
    ...{ method: new Lora({ rank: 2 }), task, steps: 48, batchSize: 8, seed: 3 },
    ...changes,
  });
  const load = () => loadEncoder(tinyModel());

  /** All progress, and the run. */
  function tuned(changes: Partial<FinetuneOptions> = {}) {
    const steps = finetune(load(), examples, options(changes));
    const seen = [];
    let next = steps.next();
    for (; !next.done; next = steps.next()) seen.push(next.value);
    return { seen, run: next.value };
  }

  test("finetune shows the search and the training, and the run has the rate that was found", () => {
    const { seen, run } = tuned();
    const search = seen.filter(({ phase }) => phase === "search");
    const training = seen.slice(search.length);
    const rates = new Set(search.map(({ learningRate }) => learningRate));
    expect(rates.size).toBeGreaterThanOrEqual(5);
    expect(rates).toContain(run.options.learningRate);
    expect(training.map(({ phase, step }) => [phase, step])).toEqual(
      Array.from({ length: 48 }, (_, i) => ["training", i + 1]),
    );
    expect(new Set(training.map(({ learningRate }) => learningRate))).toEqual(
      new Set([run.options.learningRate]),
    );
    expect(search.at(-1)!.step).toBe(search.at(-1)!.totalSteps);
  });

  test("the search changes nothing of the run but its rate, and is the same in every way", () => {
    const { run } = tuned();
    const { learningRate } = run.options;
    expect(tuned({ learningRate }).run.save()).toEqual(run.save());
    expect(tuned({ learningRate: "search" }).run.save()).toEqual(run.save());
    expect(new Finetuning(load(), examples, options()).options.learningRate).toBe(learningRate);
    // Another seed takes other examples.
    const first = (seed: number) => finetune(load(), examples, options({ seed })).next().value;
    expect(first(4)).not.toEqual(first(3));
  });

  test("a run that goes on keeps its rate, and ends with the bits of the whole", () => {
    const whole = tuned().run;
    const model = load();
    const half = new Finetuning(model, examples, options());
    for (let i = 0; i < 20; i++) half.step();
    const { seen, run } = tuned({ resume: half.save() });
    expect(seen.map(({ phase }) => phase)).not.toContain("search");
    expect(run.save()).toEqual(whole.save());
    // Its schedule too, though it is not the usual one.
    const schedule = { warmupShare: 0.3, finalRateShare: 1, learningRate: 0.01 };
    const other = new Finetuning(load(), examples, options(schedule));
    for (let i = 0; i < 3; i++) other.step();
    const resumed = new Finetuning(load(), examples, options({ resume: other.save() }));
    expect(resumed.options).toMatchObject(schedule);
    const refuse = () => tuned({ resume: half.save(), learningRate: 0.25 });
    expect(refuse).toThrow(/it is of another run: learningRate was .* and is 0.25/);
    expect(() => tuned({ resume: new Uint8Array(9) })).toThrow("training state");
  });

  test.each([
    ["LoRA", new Lora({ rank: 2 })],
    ["full fine-tuning", new FullFineTuning()],
  ])("the search leaves the model of %s as it was, also when it is left early", (_, method) => {
    const model = load();
    const { parameters } = model.encoder;
    const tensors = () => parameters.names.map((name) => [name, bitsOf(parameters.read(name))]);
    const before = tensors();
    const vectors = model.embed(examples).data.slice();
    const all = withRate(model, examples, options({ method }));
    expect(resultOf(all).settings.learningRate).toBeGreaterThan(0);
    expect(tensors()).toEqual(before);
    const some = withRate(model, examples, options({ method }));
    for (let i = 0; i < 8; i++) some.next();
    some.return(undefined as never);
    expect(tensors()).toEqual(before);
    expect(model.embed(examples).data).toEqual(vectors);
  });

  test("every short run starts with the additions of the run", () => {
    let plans = 0;
    class Counted extends Lora {
      override plan(encoder: Parameters<Lora["plan"]>[0]): PlannedLayer[] {
        plans += 1;
        return super.plan(encoder);
      }
    }
    const { run } = tuned({ method: new Counted({ rank: 2 }) });
    expect(plans).toBe(1);
    expect(run.save()).toEqual(tuned().run.save());
  });

  test("the usual rate is taken when it is asked for, and where nothing can be searched", () => {
    const phases = (changes: Partial<FinetuneOptions>) => {
      const { seen, run } = tuned(changes);
      expect(seen.every(({ phase }) => phase === "training")).toBe(true);
      return run.options.learningRate;
    };
    expect(phases({ learningRate: "usual" })).toBe(5e-4);
    expect(phases({ steps: 4 })).toBe(5e-4);
    expect(phases({ method: new HeadOnly() })).toBe(new HeadOnly().learningRate);
    const refuse = (learningRate: unknown) => () => tuned({ learningRate: learningRate as number });
    expect(refuse("fast")).toThrow(
      'finetune: learningRate is "fast": it must be a finite number > 0, "search" or "usual"',
    );
    expect(refuse(0)).toThrow("learningRate is 0: it must be a finite number > 0");
  });

  test("a method whose rates all diverge says so before the run", () => {
    class Wild extends Lora {
      override readonly learningRate = 1e30;
    }
    expect(() => tuned({ method: new Wild({ rank: 2 }) })).toThrow(DivergenceError);
  });
});
