// The file of a few-shot classifier, in the frame of all model files. Little-endian:
//   the labels, as texts; u32 most tokens, texts at a time; f64 seed
//   f64 accuracy, its standard error, share of the most frequent label, chance
//   f64 sharpness; f64 intercept of each label; u32 features; f64 weights, features x labels
//   f64 score of each label for the probe: it tells one encoder from another
import { fail, finite, increasing, integer, within } from "../completion/model-checks.js";
import { ModelFileError } from "../completion/model-file-error.js";
import { beginFrame, endFrame, type FileKind, openFrame } from "../completion/model-frame.js";
import { Matrix } from "../linalg/matrix.js";
import type { FewShotEvidence } from "./few-shot-evidence.js";

const kind: FileKind = { magic: "LOWRANKF", version: 1 };

/** A linear head. */
export interface LinearHead {
  /** Features x labels. */
  readonly weights: Matrix;
  readonly intercepts: readonly number[];
  /** Multiplies the scores before the softmax. */
  readonly sharpness: number;
}

export interface FewShotState {
  readonly labels: readonly string[];
  readonly evidence: FewShotEvidence;
  readonly head: LinearHead;
  readonly options: Readonly<Record<"maxTokens" | "batchSize" | "seed", number>>;
  /** What the encoder that it was made with gives for the probe, a score per label. */
  readonly probe: readonly number[];
}

export function encodeFewShot(state: FewShotState): Uint8Array<ArrayBuffer> {
  const { labels, evidence, head, options, probe } = state;
  const writer = beginFrame(kind);
  writer.texts(labels);
  writer.u32(options.maxTokens);
  writer.u32(options.batchSize);
  writer.f64(options.seed);
  const { accuracy, standardError, guess, chance } = evidence;
  for (const value of [accuracy, standardError, guess, chance, head.sharpness]) writer.f64(value);
  writer.array(Float64Array.from(head.intercepts));
  writer.u32(head.weights.rows);
  writer.array(Float64Array.from(head.weights.data));
  writer.array(Float64Array.from(probe));
  return endFrame(writer);
}

/** @throws ModelFileError that says what is and what must be; TypeError for what is not bytes. */
export function decodeFewShot(name: string, bytes: Uint8Array): FewShotState {
  const { reader } = openFrame(kind, name, bytes);
  const labels = reader.texts();
  integer("the number of labels", labels.length, 2);
  const options = { maxTokens: reader.u32(), batchSize: reader.u32(), seed: reader.f64() };
  const [accuracy, standardError] = [reader.f64(), reader.f64()];
  const [guess, chance] = [reader.f64(), reader.f64()];
  const sharpness = reader.f64();
  const intercepts = Array.from(reader.f64Array(labels.length));
  const features = reader.u32();
  integer("the number of features", features, 1);
  const weights = new Matrix(features, labels.length, reader.f64Array(features * labels.length));
  const probe = Array.from(reader.f64Array(labels.length));
  if (reader.left > 0) throw new ModelFileError("it is damaged: bytes are left over");
  const evidence = { accuracy, standardError, guess, chance };
  const state = { labels, evidence, head: { weights, intercepts, sharpness }, options, probe };
  check(state);
  return state;
}

function check({ labels, evidence, head, options, probe }: FewShotState): void {
  increasing("label", labels);
  integer("maxTokens", options.maxTokens, 1);
  integer("batchSize", options.batchSize, 1);
  integer("seed", options.seed, 0);
  for (const [what, value] of Object.entries(evidence)) {
    if (!(value >= 0 && value <= 1)) fail(`the ${what} of the evidence`, value, "be in [0, 1]");
  }
  within("the sharpness", head.sharpness, Number.MAX_VALUE);
  finite("an intercept", head.intercepts);
  finite("a weight", head.weights.data);
  finite("a score of the probe", probe);
}
