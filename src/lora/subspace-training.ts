// All that a run trains as one point of a random subspace: phi = phi0 + P w, with phi the trained
// tensors end to end (Li, Farkhoor, Liu and Yosinski 2018; with LoRA's factors: SubLoRA).
import type { Coefficients } from "../bounds/coefficients.js";
import { projector } from "../maps/projector.js";
import type { Optimizer } from "../optim/optimizer.js";
import { Block, basicKernels, type Job } from "../wasm/index.js";
import type { Adaptation } from "./adaptation.js";

export interface Subspace {
  /** Numbers that move all that is trained. */
  readonly dimension: number;
  /** Of the map P. */
  readonly seed: number;
}

/** Tensors of a job as points of a subspace around what they are now. */
export function bindSubspace(tensors: readonly Block[], { dimension, seed }: Subspace) {
  const [{ job, dtype }] = tensors;
  const size = tensors.reduce((sum, { length }) => sum + length, 0);
  const map = projector({ size, dimension, seed }).bind(job, dtype);
  const [start, phi] = [0, 1].map(() => Block.allocate(job, dtype, size, 1));
  const { axpy } = job.use(basicKernels)[dtype];
  /** Shows each tensor with its part of a vector. */
  const each = (blocks: readonly Block[], visit: (block: Block, from: number) => void) => {
    let at = 0;
    for (const block of blocks) {
      visit(block, at);
      at += block.length;
    }
  };
  each(tensors, (tensor, at) => start.view().set(tensor.view(), at));
  return {
    /** The tensors become those of the coefficients w. */
    place(w: Block): void {
      map.apply(w, phi);
      axpy(size, 1, start.handle, phi.handle);
      each(tensors, (tensor, at) => {
        tensor.view().set(phi.view().subarray(at, at + tensor.length));
      });
    },
    /** to <- the gradient with respect to w, from those of the tensors. */
    pull(gradients: readonly Block[], to: Block): void {
      each(gradients, (gradient, at) => phi.view().set(gradient.view(), at));
      map.adjoint(phi, to);
    },
  };
}

/**
 * A method whose trained tensors, the head's among them, move in a subspace alone. Its additions start
 * as the seed has them, so that nothing but the coefficients depends on the examples.
 *
 * @param learningRate - the usual one of the coefficients.
 * @param bind - the coefficients of a run, in its job.
 * @returns the method, and the coefficients of the run that was made last.
 */
export function inSubspace<Kind extends Coefficients>(
  method: Adaptation,
  subspace: Subspace,
  learningRate: number,
  bind: (job: Job) => Kind,
): { method: Adaptation; coefficients: () => Kind } {
  let coefficients: Kind | undefined;
  const optimizer: Optimizer = {
    ...{ name: "subspace", learningRate, stability: undefined },
    bind(parameters) {
      const w = bind(parameters[0].job);
      coefficients = w;
      const { place, pull } = bindSubspace(parameters, subspace);
      place(w.values);
      const gradients = parameters.map(({ gradient }) => gradient);
      let stepCount = 0;
      const refuse = (): never => {
        throw new TypeError("finetune: a run in a subspace is not saved, and does not go on");
      };
      return {
        get stepCount() {
          return stepCount;
        },
        step(rate) {
          pull(gradients, w.gradient);
          w.step(rate);
          place(w.values);
          stepCount++;
        },
        ...{ reset: refuse, state: refuse, restore: refuse },
      };
    },
  };
  return {
    method: {
      ...{ name: method.name, learningRate, optimizer: () => optimizer },
      plan: (encoder) => method.plan(encoder),
      trainedTensors: (encoder) => method.trainedTensors(encoder),
    },
    coefficients: () => coefficients as Kind,
  };
}
