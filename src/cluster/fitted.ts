// What the threads of a fit's shards have come to, as bytes: the first one all of it, the others their rows.
import { deserialize, serialize } from "node:v8";
import type { FittedRows, FittedShard } from "../completion/assemble.js";
import { isJsonObject } from "../formats/strict-json.js";
import { ClusterError } from "./cluster-error.js";
import { bodyOf } from "./frame.js";

interface FittedPart {
  readonly fitted: FittedShard | undefined;
  readonly rows: FittedRows | undefined;
}

export function encodeFitted(part: FittedPart): Uint8Array<ArrayBuffer> {
  return bodyOf(serialize(part));
}

/** @throws ClusterError for what is not from a fit. */
export function decodeFitted(parts: readonly Uint8Array[]): [FittedShard, FittedRows[]] {
  const [first, ...others] = parts.map(decoded);
  const rows = others.flatMap(({ rows }) => rows ?? []);
  if (first?.fitted === undefined || rows.length < others.length) throw wrong();
  return [first.fitted, rows];
}

function decoded(bytes: Uint8Array): FittedPart {
  let part: unknown;
  try {
    part = deserialize(bytes);
  } catch {
    throw wrong();
  }
  if (!isJsonObject(part)) throw wrong();
  const { fitted, rows } = part as unknown as FittedPart;
  const lists = rows ?? { ...fitted?.learned, ...fitted };
  for (const list of [lists.rowFactors, lists.rowBias, lists.baselineRowBias]) {
    if (!(list instanceof Float32Array)) throw wrong();
  }
  return { fitted, rows };
}

const wrong = () => new ClusterError("what the shards have come to is not a fit");
