// Targets with a fault each, that the harness must find; and one without.
const json = (value) => new TextEncoder().encode(JSON.stringify(value) ?? "null");

class FormatError extends Error {
  name = "FormatError";
}

/** Reads { n } and returns n; what it does with the fault's own number is up to `fault`. */
const target = (name, fault, more = {}) => ({
  name,
  specimen: (random) => {
    const n = random.below(5);
    return { tree: { n }, value: n };
  },
  encode: json,
  read(bytes) {
    let value;
    try {
      value = JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes)));
    } catch {
      throw new FormatError("it is not valid JSON");
    }
    if (typeof value?.n !== "number") throw new FormatError("n is missing");
    return fault(value.n, bytes);
  },
  ...more,
});

let runs = 0;
const kept = [];

export const targets = [
  target("sound", (n) => n),
  target("nan", (n) => (n > 100 ? Number.NaN : n)),
  target("wrong value", (n) => (n === 3 ? 4 : n)),
  target("refuses what is valid", (n) => {
    if (n === 3) throw new FormatError("n is 3");
    return n;
  }),
  target("the engine's words", (n) => (n < 0 ? undefined.length : n)),
  target("another error", (n) => {
    if (n < 0) throw new SyntaxError("n is negative");
    return n;
  }),
  target("two lines", (n) => {
    if (n < 0) throw new FormatError("n is negative:\nit must not");
    return n;
  }),
  target("no bound", (n) => {
    if (n < 0) throw new FormatError(`n is ${"-".repeat(1000)}`);
    return n;
  }),
  target("writes to its input", (n, bytes) => {
    bytes[0] ^= n < 0 ? 1 : 0;
    return n;
  }),
  target("depends on the memory", (n, bytes) => (n < 0 ? bytes.byteOffset : n)),
  target("depends on the call before", (n) => (n < 0 ? runs++ : n)),
  target("endless", (n) => {
    while (n < 0);
    return n;
  }),
  target("slow", (n) => {
    // In the time of the process: a loaded machine takes longer, and that is no fault.
    const start = process.cpuUsage().user;
    while (n < 0 && process.cpuUsage().user - start < 250_000);
    return n;
  }),
  target("hungry", (n) => {
    if (n < 0) kept.push(new Uint8Array(1e8).fill(1));
    if (kept.length > 5) kept.length = 0;
    return n;
  }),
  target("abort", (n) => {
    if (n < 0) process.abort();
    return n;
  }),
  target("complaint", (n) => n, { check: (n) => (n < 0 ? "it is negative" : undefined) }),
];
