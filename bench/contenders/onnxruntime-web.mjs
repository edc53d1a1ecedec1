// onnxruntime-web on its WebAssembly backend, one thread: a session of one MatMul. It answers in a
// promise only.
import * as ort from "onnxruntime-web";
import { versionOf } from "../harness/installed.mjs";
import { matmulModel } from "./onnx-model.mjs";

export async function start() {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const types = { f32: "float32", f64: "float64" };
  return {
    get version() {
      return versionOf("onnxruntime-web");
    },
    operations: {
      matmul: ({ dtype, inputs }) => ({
        async "typed arrays"() {
          const session = await ort.InferenceSession.create(matmulModel(dtype), {
            executionProviders: ["wasm"],
          });
          const tensor = ({ rows, cols, data }) => new ort.Tensor(types[dtype], data, [rows, cols]);
          return {
            async run() {
              const { C } = await session.run({ A: tensor(inputs.A), B: tensor(inputs.B) });
              return C.data;
            },
            dispose: () => session.release(),
          };
        },
      }),
    },
  };
}
