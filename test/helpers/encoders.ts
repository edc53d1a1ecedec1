// The tiny encoders of test/fixtures/encoders.py, and what PyTorch makes of them.
import { readFileSync } from "node:fs";
import type { NamedTensor } from "../../src/transformer/config.js";
import { encoderConfig } from "../../src/transformer/config.js";

export interface EncoderFixture {
  family: string;
  config: Record<string, unknown>;
  tensors: Record<string, { shape: number[]; offset: number }>;
  ids: number[][];
  types?: number[][];
  labels: number[];
  hidden: number[];
  scores: number[];
  loss: number;
  gradients: Record<string, number[]>;
}

const read = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

export const encoderFixtures: EncoderFixture[] = JSON.parse(read("encoders.json").toString());

const bytes = read("encoders.bin");
const values = new Float32Array(new Uint8Array(bytes).buffer);

/** Configuration, weights and texts of a fixture. */
export function encoderOf({ config, tensors, ids, types }: EncoderFixture) {
  const weights = new Map<string, NamedTensor>();
  for (const [name, { shape, offset }] of Object.entries(tensors)) {
    const length = shape.reduce((product, size) => product * size, 1);
    weights.set(name, { shape, data: values.slice(offset, offset + length) });
  }
  const texts = ids.map((text, i) => (types ? { ids: text, types: types[i] } : { ids: text }));
  return { config: encoderConfig(config), weights, texts };
}
