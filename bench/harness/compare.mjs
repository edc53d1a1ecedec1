// Measures all contenders on the same work side by side: in each round every contender runs once,
// for long enough that the clock is accurate, in an order that rotates. What disturbs the machine
// for a while then disturbs all of them, and the medians stay comparable.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { summary } from "../../lab/statistics.mjs";
import { worker } from "./pool.mjs";

/** Seconds for the rounds of one entrant: whose first, checked run is long has fewer rounds. */
const patience = 4;
/** What takes longer than this to start, or for its first run, is not measured. */
const limit = 10;

/**
 * Opens a comparison of contenders (rows of contenders.mjs): starts each under each of its Nodes.
 *
 * @param operations - that will be measured: who has none of them is stopped.
 * @param options.rounds - in each of which every contender runs for options.seconds.
 * @returns `measure(work)`; `versions` by name; `absent`, who did not start and why; `close()`.
 */
export async function openComparison(contenders, operations, { rounds = 7, seconds = 0.02 } = {}) {
  const scratch = await mkdtemp(path.join(os.tmpdir(), "lowrank-bench-"));
  const present = [];
  const absent = [];
  const versions = {};
  for (const contender of contenders) {
    for (const runtime of contender.runtimes) {
      const { ask, stop } = worker(runtime, contender);
      try {
        const hello = await ask("hello", undefined, limit);
        if (hello.failure) throw new Error(hello.failure);
        if (!hello.operations.some((operation) => operations.includes(operation))) {
          stop();
          continue;
        }
        versions[contender.name] = hello.version;
        present.push({ contender, runtime, ask, stop, operations: hello.operations });
      } catch (error) {
        absent.push({ contender: contender.name, runtime, reason: error.message });
        stop();
      }
    }
  }

  /** Saves the inputs where every process reads them. */
  async function share(inputs) {
    const types = { Float32Array: "f32", Float64Array: "f64", Int32Array: "i32" };
    const shared = {};
    for (const [name, { data, ...shape }] of Object.entries(inputs)) {
      const file = path.join(scratch, name);
      await writeFile(file, data);
      shared[name] = { ...shape, file, type: types[data.constructor.name] };
    }
    return shared;
  }

  /** Everybody's forms of a work, checked and run once. */
  async function prepare(work) {
    const entrants = [];
    const failures = [];
    for (const { contender, runtime, ask, operations } of present) {
      if (!operations.includes(work.operation)) continue;
      if (work.size > contender.largest?.[work.operation]) continue;
      if (work.size < contender.smallest?.[work.operation]) continue;
      const label = { contender: contender.name, runtime };
      try {
        const forms = await ask("prepare", work, limit);
        for (const [form, { failure, ...facts }] of Object.entries(forms)) {
          if (failure) failures.push({ ...label, form, failure });
          else entrants.push({ contender, ask, label: { ...label, form }, facts, times: [] });
        }
      } catch (error) {
        failures.push({ ...label, failure: error.message });
      }
    }
    return { entrants, failures };
  }

  /** Fills in the times of each entrant, or its failure. */
  async function timeInRounds(entrants) {
    const time = async (entrant, length) => {
      const { form } = entrant.label;
      try {
        return await entrant.ask("time", { form, seconds: length }, 3 * limit);
      } catch (error) {
        entrant.failure = error.message;
      }
    };
    for (const entrant of entrants) {
      entrant.rounds = Math.max(1, Math.min(rounds, Math.round(patience / entrant.facts.first)));
      // Engines compile, and the number of runs is found, before what counts.
      if (entrant.rounds === rounds) await time(entrant, 2 * seconds);
    }
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < entrants.length; i++) {
        const entrant = entrants[(i + round) % entrants.length];
        if (entrant.failure || round >= entrant.rounds) continue;
        entrant.times.push(await time(entrant, seconds));
      }
    }
  }

  /**
   * @param work - { name, operation, dtype, inputs, size?, parameters?, operations?, bytes?,
   * garbage? }: `size` is what `largest` limits, `operations` and `bytes` are those of one run,
   * `garbage` is a number of runs over which to see what ours leave on the heap.
   * @returns one object for each contender, runtime and form: the work without its inputs, and
   * `seconds` { median, low, high } of one run and `times`, those of each round, or `failure`.
   */
  async function measure(work) {
    const { inputs, garbage, name, ...rest } = work;
    const facts = { work: name, asked: rest.dtype, ...rest };
    const { entrants, failures } = await prepare({ ...rest, inputs: await share(inputs) });
    await timeInRounds(entrants);
    const finished = entrants.filter(({ failure }) => !failure);
    for (const { label, failure } of entrants) if (failure) failures.push({ ...label, failure });
    const measured = finished.map(({ contender, label, times, facts: { first, ...own } }) => ({
      ...facts,
      ...own,
      ...label,
      role: contender.role ?? "peer",
      relaxed: contender.relaxed ?? false,
      seconds: summary(times),
      rounds: times.length,
      times,
    }));
    if (garbage) {
      for (const [i, { ask, label }] of finished.entries()) {
        if (measured[i].role !== "ours") continue;
        measured[i].garbage = await ask("garbage", { form: label.form, runs: garbage });
      }
    }
    for (const { ask, operations } of present) {
      if (operations.includes(work.operation)) await ask("release").catch(() => {});
    }
    return [...measured, ...failures.map((failure) => ({ ...facts, ...failure }))];
  }

  return {
    measure,
    versions,
    absent,
    async close() {
      for (const { stop } of present) stop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
