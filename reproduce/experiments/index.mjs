// The experiments, in the order of docs/reproduction.md. A new one is a file and a line here.
import completion from "./completion.mjs";
import discrepantRates from "./discrepant-rates.mjs";
import equivalence from "./equivalence.mjs";
import mlp from "./mlp.mjs";
import scaling from "./scaling.mjs";
import spectralCompletion from "./spectral-completion.mjs";
import spectralFactorization from "./spectral-factorization.mjs";
import svdDynamics from "./svd-dynamics.mjs";

const all = [
  svdDynamics,
  equivalence,
  completion,
  spectralFactorization,
  spectralCompletion,
  discrepantRates,
  scaling,
  mlp,
];

export const experiments = Object.fromEntries(all.map((one) => [one.name, one]));
