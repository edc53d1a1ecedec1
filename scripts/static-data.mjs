// The tables of the kernels. binaryen leaves all of them in each module that is cut out of the whole one,
// whatever its functions read: so products had the bits of 2/pi, which nothing compresses.

const countSection = 12;
const dataSection = 11;
/** A table may begin this far before the bytes that are stored of it: zeros are there already. */
const leadingZeros = 16;

/**
 * A module without the tables that nothing in it has the address of.
 *
 * @param bytes - the module, with tables at constant addresses.
 * @param text - the same as text.
 */
export function withoutUnreadTables(bytes, text) {
  const addresses = addressesIn(text);
  const isRead = ({ from, to }) =>
    addresses.some((address) => from - leadingZeros <= address && address < to);
  const sections = sectionsOf(bytes).map(({ id, content }) => {
    if (id === countSection)
      throw new Error(
        "a module of the kernels has a count of its tables, which is not rewritten here",
      );
    if (id !== dataSection) return [id, content];
    const kept = tablesOf(content).filter(isRead);
    return [id, concatenated([varint(kept.length), ...kept.map(({ stored }) => stored)])];
  });
  const written = sections.map(([id, content]) => [[id], varint(content.length), content]);
  return concatenated([bytes.subarray(0, headerLength), ...written.flat()]);
}

/** What may be an address: every constant, and what is added to one, but for the tables' own. */
function addressesIn(text) {
  const code = text.replace(/^ \(data .*$/gm, "");
  const found = code.matchAll(/\bi32\.const (\d+)|\boffset=(\d+)/g);
  return Array.from(found, ([, constant, offset]) => Number(constant ?? offset));
}

/** The magic number and the version. */
const headerLength = 8;

function sectionsOf(bytes) {
  const sections = [];
  const reader = new Reader(bytes, headerLength);
  while (reader.at < bytes.length) {
    const [id] = reader.take(1);
    sections.push({ id, content: reader.take(reader.varint()) });
  }
  return sections;
}

/** The tables of a section: where they lie in memory, and how they are stored. */
function tablesOf(content) {
  const reader = new Reader(content);
  return Array.from({ length: reader.varint() }, () => {
    const start = reader.at;
    const [kind, constant] = reader.take(2);
    const from = reader.varint();
    const [end] = reader.take(1);
    // In memory 0, at (i32.const from).
    if (kind !== 0 || constant !== 0x41 || end !== 0x0b) {
      throw new Error("a table of the kernels is not at a constant address");
    }
    const length = reader.varint();
    reader.take(length);
    return { from, to: from + length, stored: content.subarray(start, reader.at) };
  });
}

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  take(count) {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** LEB128, not negative. */
  varint() {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const [byte] = this.take(1);
      value += (byte % 128) * unit;
      if (byte < 128) return value;
    }
  }
}

function varint(value) {
  return value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))];
}

const concatenated = (parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
