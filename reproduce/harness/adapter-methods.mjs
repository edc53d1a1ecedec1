// The ways to adapt an encoder that are compared, and the rates at which they are.
import { readFileSync } from "node:fs";
import { DeepLora, Lora } from "../../dist/lora/index.js";
import { Skipped } from "../../lab/data.mjs";

/**
 * Every linear layer, the pooler too, as the paper's "all-dense" (less the word embedding); quick runs
 * adapt two.
 */
export const targetsOf = (quick) => (quick ? [/layer\.5\.attention\.self\.(query|value)$/] : [/./]);

/**
 * `rate` is the published one, or the usual one for PEFT's form: the middle of the search, except for
 * full width, which keeps it, as the paper has it (a search would cost more than all others).
 * `adapter` names the method that this one differs from by its rate only: they share their runs.
 * Deep LoRA is in its published settings, but for `deep-lora-mended`, whose rate `lora-fit` found on
 * another task.
 */
export const methods = {
  "lora-paper": {
    title: "LoRA, the paper's form",
    rate: 1e-4,
    make: (options) => new Lora({ ...options, init: "paper" }),
  },
  lora: {
    title: "LoRA, PEFT's form",
    rate: 5e-4,
    make: (options) => new Lora(options),
  },
  "deep-lora": {
    title: "Deep LoRA, compressed",
    rate: 1e-2,
    make: (options) => new DeepLora({ ...options, published: true }),
  },
  "deep-lora-mended": {
    title: "Deep LoRA, mended",
    rate: 3e-3,
    searched: false,
    make: (options) => new DeepLora(options),
  },
  "deep-lora-full": {
    title: "Deep LoRA, full width",
    rate: 1e-4,
    searched: false,
    make: (options) => new DeepLora({ ...options, form: "full", published: true }),
  },
  "deep-lora-narrow": {
    title: "Deep LoRA, narrow random, rate of full width",
    rateOf: "deep-lora-full",
    make: (options) => new DeepLora({ ...options, form: "narrow", published: true }),
  },
  // An Adam step moves a w x w factor by up to its rate times w.
  "deep-lora-narrow-matched": {
    title: "Deep LoRA, narrow random, that rate x d / r",
    rateOf: "deep-lora-full",
    scaleOf: (rank, width) => width / rank,
    make: (options) => new DeepLora({ ...options, form: "narrow", published: true }),
  },
  "deep-lora-scaled": {
    title: "Deep LoRA, compressed, its rate x 8 / r",
    rateOf: "deep-lora",
    adapter: "deep-lora",
    scaleOf: (rank) => searchRank / rank,
    make: (options) => new DeepLora({ ...options, published: true }),
  },
};

/** The rank at which rates are searched. */
export const searchRank = 8;

/** Rates that are tried of a method that has one of its own: a third, once, three times. */
export const searchFactors = [1 / 3, 1, 3];

/** The experiment that chooses the rates. */
export const ratesExperiment = "lora-rates";

/** Methods whose rate is searched. */
export const searched = Object.keys(methods).filter((name) => {
  const { rate, searched = true } = methods[name];
  return rate !== undefined && searched;
});

/**
 * The rate of each method, from the report of the experiment that chose it; quick runs take the
 * middle of the search.
 *
 * @throws Skipped where that experiment has not run.
 */
export function methodRates(quick) {
  const chosen = quick ? {} : chosenRates();
  return (name, rank, width) => {
    const { rateOf = name, scaleOf } = methods[name];
    return (chosen[rateOf] ?? methods[rateOf].rate) * (scaleOf?.(rank, width) ?? 1);
  };
}

function chosenRates() {
  const path = new URL(`../../docs/evidence/reproduction/${ratesExperiment}.json`, import.meta.url);
  try {
    return JSON.parse(readFileSync(path, "utf8")).chosen;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new Skipped(`the rates are not chosen: npm run reproduce -- ${ratesExperiment} does it`);
  }
}
