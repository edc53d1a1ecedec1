// One case: a specimen, what is changed about it, and the input that is written from it.
import { mutateBytes, mutateTree } from "./mutate.mjs";
import { Random } from "./random.mjs";

/** Share of the cases that stay valid: these must be read, with the values that they were made of. */
const validShare = 1 / 8;

/** What makes the case of this number: seeds only, so that a part of it can be left out. */
export function planOf(target, seed, number) {
  const random = new Random(seed, target.name, number);
  const [specimen, sealing, arrival] = [random.seed(), random.seed(), random.seed()];
  const mutations = [];
  if (!random.chance(validShare)) {
    do mutations.push(random.seed());
    while (mutations.length < 6 && random.chance(0.4));
  }
  return { specimen, sealing, arrival, mutations };
}

/**
 * The input of a plan.
 *
 * @returns the tree as mutated, the input, and, where nothing was mutated, what must be read
 */
export function inputOf(target, plan) {
  let { tree, value } = target.specimen(new Random(plan.specimen));
  const valid = plan.mutations.length === 0;
  const mutations = plan.mutations.map((seed) => new Random(seed));
  const inBytes = [];
  for (const random of mutations) {
    if (target.bytes !== false && random.chance(0.25)) inBytes.push(random);
    else tree = mutateTree(tree, random);
  }
  let input = target.encode(tree);
  for (const random of inBytes) input = mutateInput(input, random);
  if (target.seal && !valid) input = target.seal(input, new Random(plan.sealing));
  return { tree, input, expected: valid ? { value } : undefined };
}

/** Bytes, or one file of several. */
function mutateInput(input, random) {
  if (!(input instanceof Map)) return mutateBytes(input, random);
  const files = new Map(input);
  const name = random.pick([...files.keys()]);
  if (name === undefined) return files;
  if (random.chance(0.05)) files.delete(name);
  else files.set(name, mutateBytes(files.get(name), random));
  return files;
}

/** The bytes of an input: what its time and memory are measured by. */
export function sizeOf(input) {
  if (input instanceof Map) return [...input.values()].reduce((sum, one) => sum + one.length, 0);
  return input instanceof Uint8Array ? input.length : 0;
}
