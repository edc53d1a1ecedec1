import { describe } from "../../check/describe.js";
import { type OptionNames, readOptions } from "../../check/options.js";
import { checkInteger, checkList } from "../../check/values.js";
import { checkFinite } from "../../linalg/check.js";
import type { Matrix } from "../../linalg/matrix.js";
import { type FloatArray, isFloatArray } from "../../wasm/index.js";
import type { DeepLinearNetwork } from "../models/deep-linear-network.js";

/** Everything a training run needs to go on: plain data, copied. */
export interface Checkpoint {
  step: number;
  factors: Matrix[];
  /** The optimizer's state, in its own order. */
  state: FloatArray[];
}

const names: OptionNames<Checkpoint> = { step: true, factors: true, state: true };

/**
 * The checkpoint as it is now, of a network like the model. How long the parts of the state must be,
 * the optimizer knows.
 *
 * @throws TypeError or RangeError that names what does not belong to the model.
 */
export function readCheckpoint(
  { widths, dtype }: DeepLinearNetwork,
  checkpoint: Checkpoint,
): Checkpoint {
  const wanted = "what the method checkpoint of a run gives";
  const { step, factors, state } = readOptions("train", checkpoint, names, wanted, "checkpoint");
  // An optimizer counts up to it.
  checkInteger("train", "checkpoint.step", step, 0, 2 ** 31 - 1);
  checkList("train", "checkpoint.factors", factors);
  checkList("train", "checkpoint.state", state);
  if (factors.length !== widths.length - 1) {
    throw new RangeError(
      `train: checkpoint.factors has ${factors.length} entries: ` +
        `it must have ${widths.length - 1}, as the model has`,
    );
  }
  Array.from(factors).forEach((factor, l) => {
    const what = `checkpoint.factors[${l}]`;
    checkFinite("train", what, factor);
    const { rows, cols } = factor;
    if (rows === widths[l + 1] && cols === widths[l] && factor.dtype === dtype) return;
    throw new RangeError(
      `train: ${what} is ${rows} x ${cols} ${factor.dtype}: ` +
        `it must be ${widths[l + 1]} x ${widths[l]} ${dtype}, as the model's is`,
    );
  });
  Array.from(state).forEach((part, i) => {
    if (isFloatArray(part) && part.every(Number.isFinite)) return;
    const kind = isFloatArray(part) ? "not finite" : describe(part);
    throw new TypeError(
      `train: checkpoint.state[${i}] is ${kind}: it must be an array of finite numbers, ${wanted}`,
    );
  });
  return { step, factors: Array.from(factors), state: Array.from(state) };
}
