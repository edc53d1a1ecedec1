// What a target is, and how it is found.

/**
 * A parser under test, a file of fuzz/targets/.
 *
 * @typedef {object} Target
 * @property {string} name as in `npm run fuzz -- NAME`
 * @property {(random: Random) => { tree: unknown, value?: unknown }} specimen a valid input as a tree
 *   of plain values, with `Pairs` for JSON objects: what mutations change; and what `read` must return
 *   of it. Without a value it must not refuse it.
 * @property {(tree: unknown) => Uint8Array | Map<string, Uint8Array>} encode writes any tree, the
 *   mutated too
 * @property {(input: Uint8Array | Map<string, Uint8Array>) => unknown} read calls the package and uses
 *   what it gave; what it returns is judged
 * @property {(input, random: Random) => unknown} [seal] makes checksums right after a mutation
 * @property {(value: unknown, tree: unknown) => string | undefined} [check] complains about a result
 * @property {boolean} [finite] false where NaN and infinities may be read
 * @property {(input: unknown) => string} [describe] shows an input that is not bytes
 * @property {boolean} [bytes] false where the input is not bytes
 */

/** What the progress file holds, as doubles. */
export const progressFields = ["number", "valid", "read", "refused", "faults"];

/** The target of this name in a module that exports `targets`. */
export async function loadTarget(module, name) {
  const { targets } = await import(module);
  const target = targets.find((one) => one.name === name);
  if (!target) throw new Error(`there is no target ${name}`);
  return typeof target.load === "function" ? target.load() : target;
}
