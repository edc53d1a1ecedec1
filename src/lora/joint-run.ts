import type { Adapter } from "./adapter.js";
import type { JointFinetuning } from "./joint-finetuning.js";

/** What a run that several compute says of itself, wherever they are. */
export class JointRun {
  readonly #joint: JointFinetuning;

  /** @internal */
  constructor(joint: JointFinetuning) {
    this.#joint = joint;
  }

  /** As `Finetuning.newTensors`. */
  get newTensors(): readonly string[] {
    return this.#joint.run.newTensors;
  }

  /** AdamW's rate at its greatest, as it was given or found. */
  get learningRate(): number {
    return this.#joint.run.learningRate;
  }

  /** Steps done. */
  get stepCount(): number {
    return this.#joint.run.stepCount;
  }

  /** Numbers that are trained, those of the head included. */
  get trainableParameters(): number {
    return this.#joint.run.trainableParameters;
  }

  /** As `Finetuning.adapter`. */
  adapter(): Adapter {
    return this.#joint.run.adapter();
  }

  /** As `Finetuning.save`; to be resumed on any number of threads or machines. */
  save(): Uint8Array<ArrayBuffer> {
    return this.#joint.run.save();
  }
}
