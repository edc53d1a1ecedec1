// The experiments, in the order of the pages of docs. A new one is a file and a line here.
import bounds from "./bounds.mjs";
import { completion300, completion1000 } from "./completion.mjs";
import depthWidth from "./depth-width.mjs";
import discrepantRates from "./discrepant-rates.mjs";
import equivalence from "./equivalence.mjs";
import federated from "./federated.mjs";
import generative from "./generative.mjs";
import loraBehind from "./lora-behind.mjs";
import { loraFewShot, loraFullWidth, loraMended, loraSamples } from "./lora-few-shot.mjs";
import loraRank from "./lora-rank.mjs";
import { loraRates, loraRatesCola } from "./lora-rates.mjs";
import { loraFit, loraStall } from "./lora-recipe.mjs";
import { loraSearches } from "./lora-search.mjs";
import { loraCola, loraRte } from "./lora-tasks.mjs";
import mlp from "./mlp.mjs";
import movielens from "./movielens.mjs";
import powerMethod from "./power-method.mjs";
import scaling from "./scaling.mjs";
import sensing from "./sensing.mjs";
import spectralCompletion from "./spectral-completion.mjs";
import spectralFactorization from "./spectral-factorization.mjs";
import svdDynamics from "./svd-dynamics.mjs";

const matrices = [
  ...[svdDynamics, equivalence, completion300, completion1000, depthWidth],
  ...[spectralFactorization, spectralCompletion, sensing, discrepantRates, powerMethod],
  ...[movielens, mlp, scaling, federated, generative, bounds],
];
const adapters = [
  ...[loraStall, loraFit, loraMended],
  ...[loraRates, loraFewShot, loraFullWidth, loraRank, loraSamples],
  ...[loraRte, loraCola, loraRatesCola, ...loraSearches, loraBehind],
];

/** Pages of docs/ with the names of their experiments. */
export const pages = [
  { name: "reproduction", names: matrices.map(({ name }) => name) },
  { name: "deep-lora", names: adapters.map(({ name }) => name) },
];

export const experiments = Object.fromEntries(
  [...matrices, ...adapters].map((one) => [one.name, one]),
);

/** Names for several experiments. */
export const groups = {
  matrices: pages[0].names,
  lora: pages[1].names,
  "lora-search": loraSearches.map(({ name }) => name),
};
