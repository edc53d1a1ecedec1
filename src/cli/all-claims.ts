// Every claim of the papers that the package measures.
import * as bounds from "../bounds/claims.js";
import type { Claim } from "../claims/verdict.js";
import * as federated from "../federated/claims.js";
import * as generative from "../generative/claims.js";
import * as theory from "../theory/claims.js";

/** In the order in which they are reported, each to be called. */
export function allClaims(seed: number): Claim[] {
  return [theory, federated, generative, bounds].flatMap(({ claims }) => [...claims(seed)]);
}
