// The experiments, in the order of docs/reproduction.md. A new one is a file and a line here.
import { completion300, completion1000 } from "./completion.mjs";
import depthWidth from "./depth-width.mjs";
import discrepantRates from "./discrepant-rates.mjs";
import equivalence from "./equivalence.mjs";
import mlp from "./mlp.mjs";
import movielens from "./movielens.mjs";
import powerMethod from "./power-method.mjs";
import scaling from "./scaling.mjs";
import sensing from "./sensing.mjs";
import spectralCompletion from "./spectral-completion.mjs";
import spectralFactorization from "./spectral-factorization.mjs";
import svdDynamics from "./svd-dynamics.mjs";

const all = [
  ...[svdDynamics, equivalence, completion300, completion1000, depthWidth],
  ...[spectralFactorization, spectralCompletion, sensing, discrepantRates, powerMethod],
  ...[movielens, mlp, scaling],
];

export const experiments = Object.fromEntries(all.map((one) => [one.name, one]));
