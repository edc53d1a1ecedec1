import { Matrix } from "../linalg/matrix.js";
import type { Encoder } from "../transformer/encoder.js";
import { type Adaptation, factorName, type PlannedLayer } from "./adaptation.js";
import type { Adapter, Task } from "./adapter.js";
import type { MethodName } from "./methods.js";

/** Where an adapter is on its encoder. */
interface PlacedAdapter {
  readonly method: Adaptation;
  readonly task: Task;
  readonly layers: readonly PlannedLayer[];
  /** Names of the head's own tensors, and of the encoder's that are trained. */
  readonly head: readonly string[];
  readonly tensors: readonly string[];
}

/** The adapter as it is on the encoder now, copied. */
export function readAdapter(encoder: Encoder, placed: PlacedAdapter): Adapter {
  const { parameters, config } = encoder;
  const { method, task } = placed;
  const layers = placed.layers.map(({ name, factors, scale }) => ({
    name,
    scale,
    factors: factors.map(({ matrix }, i) => {
      const data = parameters.read(factorName(name, i));
      return new Matrix(matrix.rows, matrix.cols, data).astype("f32");
    }),
  }));
  const read = (name: string) => {
    const { rows, cols } = parameters.get(name);
    const shape = /\.bias$|norm\.weight$/i.test(name) ? [cols] : [rows, cols];
    return { shape, data: Float32Array.from(parameters.read(name)) };
  };
  const [head, tensors] = [placed.head, placed.tensors].map(
    (names) => new Map(names.map((name) => [name, read(name)])),
  );
  // That of a method of the caller's own is saved as LoRA is.
  const name = method.name as MethodName;
  return { method: name, task, family: config.family, layers, head, tensors };
}
