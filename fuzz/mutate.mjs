// Mutations. Most change a value in the tree that an input is written from: a size, a type, a key;
// the others change the bytes that were written.
import { Pairs } from "./json.mjs";
import { nasty, numbers, texts } from "./nasty.mjs";

/** Changes one value somewhere in the tree; returns the tree, which is another where the root was. */
export function mutateTree(tree, random) {
  // Down a random way, and stopping anywhere on it: what is high up is as likely as what is deep.
  const slots = slotsOf(tree);
  if (slots.length === 0 || random.chance(0.15)) return mutated(tree, random, tree);
  let slot = random.pick(slots);
  while (random.chance(0.85)) {
    const below = slotsOf(slot.get());
    if (below.length === 0) break;
    slot = random.pick(below);
  }
  slot.set(mutated(slot.get(), random, tree));
  return tree;
}

/** Where the children of a value are kept. */
function slotsOf(value) {
  if (Array.isArray(value)) {
    return value.map((_, i) => ({ get: () => value[i], set: (one) => (value[i] = one) }));
  }
  if (value instanceof Pairs)
    return slotsOf(value.entries).flatMap((pair) => pairSlots(pair.get()));
  if (!isPlain(value)) return [];
  return Object.keys(value).map((key) => ({
    get: () => value[key],
    set: (one) => (value[key] = one),
  }));
}

/** Values five times as often as keys. */
function pairSlots(pair) {
  const at = (i) => ({ get: () => pair[i], set: (one) => (pair[i] = one) });
  return [at(0), at(1), at(1), at(1), at(1), at(1)];
}

function isPlain(value) {
  return (
    value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype
  );
}

function mutated(value, random, tree) {
  if (random.chance(0.12)) return nasty(random);
  if (random.chance(0.05)) return random.pick([[value], new Pairs([[random.pick(texts), value]])]);
  if (random.chance(0.08)) return anyOf(tree, random);
  if (typeof value === "number") return mutatedNumber(value, random);
  if (typeof value === "string") return mutatedText(value, random);
  if (typeof value === "boolean") return random.chance(0.7) ? !value : nasty(random);
  if (ArrayBuffer.isView(value)) return mutatedArray(value, random);
  if (Array.isArray(value)) return mutatedList(value, random);
  if (value instanceof Pairs) return new Pairs(mutatedPairs(value.entries, random));
  return isPlain(value) && Object.keys(value).length > 0
    ? mutateTree(value, random)
    : nasty(random);
}

/** A value from elsewhere in the tree. */
function anyOf(tree, random) {
  let value = tree;
  for (let slots = slotsOf(value); slots.length > 0 && random.chance(0.9); slots = slotsOf(value)) {
    value = random.pick(slots).get();
  }
  return value === tree ? nasty(random) : copied(value);
}

/** A value at two places of a tree must not be changed at both. */
export function copied(value) {
  if (Array.isArray(value)) return value.map(copied);
  if (value instanceof Pairs) return new Pairs(copied(value.entries));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copied(one)]));
}

function mutatedNumber(value, random) {
  const changes = [
    value + 1,
    value - 1,
    -value,
    2 * value,
    value / 2,
    value + 0.5,
    value * 2 ** 32,
  ];
  return random.chance(0.6) ? random.pick(changes) : random.pick(numbers);
}

function mutatedText(text, random) {
  const at = random.below(text.length + 1);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + random.pick(texts) + text.slice(at);
    case 2:
      return text + text;
    case 3:
      return random.chance(0.5) ? text.toUpperCase() : text.toLowerCase();
    case 4:
      return random.chance(0.05) ? text + "ab".repeat(50_000) : ` ${text} `;
    case 5:
      return text.slice(0, at) + String.fromCharCode(random.below(0x3000)) + text.slice(at + 1);
    default:
      return random.pick(texts);
  }
}

/** Bytes and typed arrays: their bytes, or other entries. */
function mutatedArray(array, random) {
  if (array instanceof Uint8Array) return mutateBytes(array, random);
  const copy = array.slice();
  if (copy.length === 0 || random.chance(0.2)) return copy.slice(1);
  const number = random.pick(numbers);
  const whole = typeof copy[0] === "bigint";
  copy[random.below(copy.length)] = whole
    ? BigInt(Number.isFinite(number) ? Math.trunc(number) : 0)
    : number;
  return copy;
}

function mutatedList(list, random) {
  const at = random.below(list.length + 1);
  const other = list[random.below(list.length)];
  switch (random.below(7)) {
    case 0:
      return list.toSpliced(at, 1);
    case 1:
      return list.toSpliced(at, 0, copied(other) ?? nasty(random));
    case 2:
      return list.toSpliced(at, 0, nasty(random));
    case 3:
      return list.toReversed();
    case 4:
      return [];
    case 5:
      return random.chance(0.1)
        ? Array.from({ length: Math.min(2000, Math.ceil(50_000 / sizeOf(other))) }, () =>
            copied(other ?? 0),
          )
        : [...list, ...copied(list)];
    default:
      return list.length > 0 ? mutateTree(list, random) : [nasty(random)];
  }
}

/** Values in a tree: many copies of a large one would keep only the harness busy. */
function sizeOf(value) {
  return slotsOf(value).reduce((sum, slot) => sum + sizeOf(slot.get()), 1);
}

function mutatedPairs(entries, random) {
  const at = random.below(entries.length + 1);
  const [key, value] = entries[random.below(entries.length)] ?? ["a", 1];
  switch (random.below(6)) {
    case 0:
      return entries.toSpliced(at, 1);
    case 1:
      return entries.toSpliced(at, 0, [key, random.chance(0.5) ? copied(value) : nasty(random)]);
    case 2:
      return entries.toSpliced(at, 0, [random.pick(texts), nasty(random)]);
    case 3:
      return entries.toSpliced(at, 1, [entries[at]?.[0] ?? key, copied(value)]);
    case 4:
      return entries.toSpliced(at, 1, [
        mutatedText(String(entries[at]?.[0] ?? key), random),
        entries[at]?.[1] ?? value,
      ]);
    default:
      return entries.toReversed();
  }
}

const sizes = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  2n ** 53n,
  2n ** 63n,
];

/** Other bytes: cut, longer, flipped, moved, with hostile sizes at any place. */
export function mutateBytes(bytes, random) {
  const at = random.below(bytes.length + 1);
  const length = Math.min(bytes.length - at, random.pick([1, 1, 2, 4, 8, 16, 64, 256]));
  // The beginning, where headers lie, is as likely as all the rest.
  const place = random.chance(0.5) ? Math.min(at, random.below(32)) : at;
  switch (random.below(9)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return join(bytes, filler(random));
    case 2:
    case 3: {
      const copy = bytes.slice();
      if (place < copy.length) copy[place] ^= 1 << random.below(8);
      return copy;
    }
    case 4: {
      const copy = bytes.slice();
      if (place < copy.length) copy[place] = random.below(256);
      return copy;
    }
    case 5:
      return join(bytes.subarray(0, place), filler(random), bytes.subarray(place));
    case 6:
      return join(bytes.subarray(0, at), bytes.subarray(at + length));
    case 7:
      return join(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
    default:
      return withSize(bytes, place, random);
  }
}

function withSize(bytes, place, random) {
  const width = random.pick([1, 2, 4, 8]);
  const copy = bytes.slice();
  let size = random.chance(0.2) ? BigInt(bytes.length) : random.pick(sizes);
  for (let i = 0; i < width && place + i < copy.length; i++, size >>= 8n) {
    copy[place + i] = Number(size & 0xffn);
  }
  return copy;
}

function filler(random) {
  const pattern = random.pick([
    [0],
    [0xff],
    [0x20],
    [0x22],
    [0x0a],
    [0xe2, 0x80, 0xa8],
    [0x30],
    [0x5b],
  ]);
  const length = random.pick([1, 1, 2, 4, 8, 100]);
  return Uint8Array.from({ length }, (_, i) => pattern[i % pattern.length]);
}

export function join(...pieces) {
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}
