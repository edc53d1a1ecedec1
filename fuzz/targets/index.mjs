// Every target, by name: one file each.
export const targetsModule = new URL("index.mjs", import.meta.url).href;

const files = {
  npy: "npy",
  safetensors: "safetensors",
  shards: "shards",
  "shard-folder": "shard-folder",
  "model-file": "model-file",
  "ranking-file": "ranking-file",
  "few-shot": "few-shot",
  certificate: "certificate",
  "adapter-certificate": "adapter-certificate",
  "training-state": "training-state",
  ratings: "ratings",
  features: "features",
  "text-table": "text-table",
  tokenizer: "tokenizer",
  model: "model",
  sentence: "sentence",
  adapter: "adapter",
  api: "api",
};

export const names = Object.keys(files);

/** Loaded when they are asked for: all need the bundle, which is built first. */
export const targets = names.map((name) => ({
  name,
  load: async () => (await import(`./${files[name]}.mjs`)).default,
}));
