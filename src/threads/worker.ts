// The program of one worker of a ThreadPool. The build makes one module of it.
import { pca } from "../decompositions/pca.js";
import { eigh } from "../linalg/eigh.js";
import { Matrix } from "../linalg/matrix.js";
import { randomizedSvd } from "../linalg/randomized-svd.js";
import { svd } from "../linalg/svd.js";
import { ThreadInstance } from "../wasm/for-threads.js";
import { answerMessages, type OutOfMemoryError } from "../wasm/index.js";
import type { Answer, Call, Decompositions, Request } from "./protocol.js";

const decompositions: Decompositions = { svd, eigh, randomizedSvd, pca };

let instance: ThreadInstance;

function receive({ binding, tiles, call, help }: Request): Answer {
  try {
    if (binding) instance = new ThreadInstance(binding);
    if (tiles) instance.work(tiles);
    if (call) return decompose(call);
    if (help) instance.help(help);
    return {};
  } catch (error) {
    return { error: String(error) };
  }
}

/** What the caller did wrong is an answer like any other. */
function decompose({ number, name, rows, cols, data, options }: Call): Answer {
  const decomposition = decompositions[name] as (A: Matrix, options: object) => object;
  try {
    const found = instance.lead(number, () => decomposition(new Matrix(rows, cols, data), options));
    return { found: "toJSON" in found ? (found as { toJSON(): object }).toJSON() : found };
  } catch (error) {
    const { name: kind, message, requestedBytes, heldBytes } = error as OutOfMemoryError;
    return { refused: { kind, message, requestedBytes, heldBytes } };
  }
}

answerMessages(receive);
