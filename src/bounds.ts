/**
 * `lowrank/bounds`: certificates of generalization. A model that is described by few bits, and fits
 * its samples, errs on new ones at most so often, with a probability that is proved (PAC-Bayes).
 *
 * @packageDocumentation
 * @example
 * ```ts
 * // 1,965 bits that are wrong about 13.8 % of 60,000 images: about at most 22.2 % of all such images.
 * klInverse({ error: 0.138, nats: 1965 * Math.LN2, samples: 60_000 }); // 0.2222
 * ```
 */
export { boundedRange, type RangeEvidence, smoothedRange } from "./bounds/bounded-range.js";
export { catoni } from "./bounds/catoni.js";
export { type Certified, type CertifyOptions, certification, certify } from "./bounds/certify.js";
export type { Evidence } from "./bounds/evidence.js";
export { klInverse } from "./bounds/kl-inverse.js";
export { mcallester } from "./bounds/mcallester.js";
export { occam } from "./bounds/occam.js";
export type { Samples } from "./bounds/samples.js";
export type { CertificateSetting, MapKind, UpdateKind } from "./bounds/setting.js";
export type { CertifyProgress } from "./bounds/subspace-training.js";
export {
  type CertificateReport,
  type VerifyOptions,
  verifyCertificate,
} from "./bounds/verify-certificate.js";
export type { Range } from "./maps/gaussian.js";
export { type ProjectorKind, type ProjectorOptions, projector } from "./maps/projector.js";
export type { SeededMap } from "./maps/seeded-map.js";
