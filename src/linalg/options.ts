// How public functions read an object of options: each option once, unknown names refused. A
// misspelt option that is passed over trains with the default and says nothing.
import { checkObject } from "./check-option.js";
import { quote } from "./describe.js";

/** Every option that a function knows; a name that is missing here does not compile. */
export type OptionNames<T extends object> = { readonly [K in keyof Required<T>]: true };

/** What other packages call an option, without case, "_" and "-", and our names for it. */
const foreignNames: Record<string, readonly string[]> = {
  alphapattern: ["alpha"],
  columnindices: ["colIndices"],
  columnids: ["colIds"],
  columns: ["cols"],
  components: ["rank"],
  epochs: ["steps"],
  factors: ["rank"],
  itemids: ["colIds"],
  items: ["colIds"],
  iterations: ["steps", "powerIterations"],
  k: ["rank"],
  lambda: ["regularization", "weightDecay"],
  loraalpha: ["alpha"],
  loradropout: ["dropout"],
  lr: ["learningRate"],
  maxiter: ["steps"],
  maxsteps: ["steps"],
  ncols: ["cols"],
  ncomponents: ["rank"],
  nepochs: ["steps"],
  nfactors: ["rank"],
  niter: ["powerIterations", "steps"],
  noversamples: ["oversampling"],
  nrows: ["rows"],
  numepochs: ["steps"],
  numtrainepochs: ["steps"],
  r: ["rank"],
  randomseed: ["seed"],
  randomstate: ["seed"],
  ratings: ["values"],
  reg: ["regularization"],
  regall: ["regularization"],
  rowid: ["rowIds"],
  targetmodules: ["targets"],
  tol: ["tolerance"],
  userids: ["rowIds"],
  userslora: ["rankStabilized"],
  users: ["rowIds"],
  wd: ["weightDecay"],
};

/**
 * A copy of the options, in which those that are undefined are left out, so that their defaults
 * hold. Each is read once: a getter cannot give the check one value and the work another.
 *
 * @param what - what to call the object in messages, where it holds data and not options.
 * @throws TypeError when it is not an object, or holds a name that the function does not know; the
 *   message suggests the nearest known name.
 */
export function readOptions<T extends object>(
  name: string,
  options: T | undefined,
  names: OptionNames<T>,
  wanted = "an object",
  what = "options",
): T {
  checkObject(name, what, options, wanted);
  const known = Object.keys(names);
  for (const key of Object.keys(options as T)) {
    if (!Object.hasOwn(names, key)) throw unknownOption(name, key, known, what);
  }
  const copy: Record<string, unknown> = {};
  for (const key of known) {
    const value = (options as Record<string, unknown>)[key];
    if (value !== undefined) copy[key] = value;
  }
  return copy as T;
}

function unknownOption(
  name: string,
  key: string,
  known: readonly string[],
  what: string,
): TypeError {
  const near = nearest(key, known);
  const way =
    near !== undefined
      ? `did you mean ${near}?`
      : known.length === 0
        ? "there are none"
        : `there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`;
  const thing = what === "options" ? "option" : `field of ${what}`;
  return new TypeError(`${name}: there is no ${thing} ${quote(key)}: ${way}`);
}

/** The known name that was meant: the same in another spelling, or another package's word for it. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.replace(/[_-]/g, "").toLowerCase();
  const key = plain(given.slice(0, 40));
  const same = known.find((one) => plain(one) === key);
  if (same !== undefined) return same;
  if (Object.hasOwn(foreignNames, key)) {
    const ours = foreignNames[key].find((one) => known.includes(one));
    if (ours !== undefined) return ours;
  }
  let best: string | undefined;
  // One slip in three letters is a slip; more is another word.
  let least = Math.floor(key.length / 3) + 1;
  for (const one of known) {
    const distance = editDistance(key, plain(one));
    if (distance < least) [least, best] = [distance, one];
  }
  return best;
}

/** Letters to insert, drop or change on the way from one text to the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 0; i < from.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const change = above[j] + (from[i] === to[j] ? 0 : 1);
      row.push(Math.min(change, above[j + 1] + 1, row[j] + 1));
    }
    above = row;
  }
  return above[to.length];
}
