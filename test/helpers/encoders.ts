// The tiny encoders of test/fixtures/encoders.py, and what PyTorch makes of them.
import { readFileSync } from "node:fs";
import { encoderConfig, type WeightTensor } from "../../src/transformer/config.js";
import type { Encoder } from "../../src/transformer/encoder.js";

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
  const weights = new Map<string, WeightTensor>();
  for (const [name, { shape, offset }] of Object.entries(tensors)) {
    const length = shape.reduce((product, size) => product * size, 1);
    weights.set(name, { shape, data: values.slice(offset, offset + length) });
  }
  const texts = ids.map((text, i) => (types ? { ids: text, types: types[i] } : { ids: text }));
  return { config: encoderConfig(config), weights, texts };
}

/** Puts the LoRA on an encoder that a fixture starts with, under PEFT's names, which begin as told. */
export function attachLora(
  encoder: Encoder,
  { rank, alpha, start }: { rank: number; alpha: number; start: Record<string, number[]> },
  prefix = "",
): void {
  for (const name of encoder.linearNames) {
    if (!(`${prefix}${name}.lora_A.weight` in start)) continue;
    const { rows, cols } = encoder.linearShape(name);
    const factor = (letter: string, r: number, c: number) => {
      const key = `${prefix}${name}.lora_${letter}.weight`;
      return { name: key, rows: r, cols: c, data: Float32Array.from(start[key]) };
    };
    encoder.addBranch(name, [factor("A", rank, cols), factor("B", rows, rank)], alpha / rank);
  }
}
