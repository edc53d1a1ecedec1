// What shards of a fine-tuning run hand in, as messages.
//
// outcomes  JSON: short runs by their numbers, and what has come of each
// parts     u32 bytes of a number, 4 or 8; u32 how many parts; of each its loss, f64, and its gradients
import { parseJsonObject } from "../formats/strict-json.js";
import { joinWork, type Work, workOfAll } from "../lora/joint-finetuning.js";
import { ClusterError } from "./cluster-error.js";
import type { Message } from "./frame.js";

const header = 8;

export function messageOf(work: Work): Message {
  if ("outcomes" in work) {
    return { kind: "outcomes", body: new TextEncoder().encode(JSON.stringify(work)) };
  }
  const { parts } = work;
  const size = parts[0]?.gradients.BYTES_PER_ELEMENT ?? 4;
  const partBytes = 8 + (parts[0]?.gradients.byteLength ?? 0);
  const body = new Uint8Array(header + parts.length * partBytes);
  const view = new DataView(body.buffer);
  view.setUint32(0, size, true);
  view.setUint32(4, parts.length, true);
  for (const [i, { loss, gradients }] of parts.entries()) {
    const at = header + i * partBytes;
    const { buffer, byteOffset, byteLength } = gradients;
    view.setFloat64(at, loss, true);
    body.set(new Uint8Array(buffer, byteOffset, byteLength), at + 8);
  }
  return { kind: "parts", body };
}

/** @throws ClusterError or FormatError for bytes of another form. */
export function workOf({ kind, body }: Message): Work {
  if (kind === "outcomes")
    return parseJsonObject(body, "outcomes of short runs") as unknown as Work;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [size, count] =
    body.length < header ? [0, 0] : [0, 4].map((at) => view.getUint32(at, true));
  const partBytes = count === 0 ? 0 : (body.length - header) / count;
  const length = (partBytes - 8) / size;
  if (![4, 8].includes(size) || (count > 0 && !(Number.isInteger(length) && length >= 0))) {
    throw new ClusterError("a message of gradients is cut off");
  }
  const numbers = size === 8 ? Float64Array : Float32Array;
  const parts = Array.from({ length: count }, (_, i) => {
    const at = header + i * partBytes;
    const gradients = new numbers(body.slice(at + 8, at + partBytes).buffer);
    return { loss: view.getFloat64(at, true), gradients };
  });
  return { parts };
}

/** What the threads of a shard have done, side by side; nothing where they have left it out. */
export const joinMessages = (messages: readonly Message[]): Message =>
  messages.find(({ body }) => body.length === 0) ?? messageOf(joinWork(messages.map(workOf)));

/** What has come of all shards. @throws ClusterError where the gradients differ in number. */
export function addUpWork(messages: readonly Message[]): Message {
  const shares = messages.map(workOf);
  const lengths = shares.flatMap((share) =>
    "parts" in share ? share.parts.map(({ gradients }) => gradients.length) : [],
  );
  if (new Set(lengths).size > 1) {
    throw new ClusterError(
      `shards are out of step: one has ${lengths[0]} gradients, others have not`,
    );
  }
  return messageOf(workOfAll(shares));
}
