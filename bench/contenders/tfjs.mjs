// TensorFlow.js on its WebAssembly backend, on one thread. It has f32 only.
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

export async function start() {
  setThreadsCount(1); // before the backend starts
  await tf.setBackend("wasm");
  await tf.ready();
  const tensor = ({ rows, cols, data }) => tf.tensor2d(Float32Array.from(data), [rows, cols]);
  const wrap = ({ rows, cols, data }) => tf.tensor2d(data, [rows, cols]);
  return {
    version: tf.version_core,
    operations: {
      matmul({ dtype, inputs }) {
        if (dtype !== "f32") return {};
        return {
          "typed arrays": () => ({
            run() {
              const A = wrap(inputs.A);
              const B = wrap(inputs.B);
              const C = tf.matMul(A, B);
              const data = C.dataSync();
              tf.dispose([A, B, C]);
              return data;
            },
          }),
          tensors() {
            const A = wrap(inputs.A);
            const B = wrap(inputs.B);
            return {
              run: () => tf.matMul(A, B).dispose(),
              read: () => tf.tidy(() => tf.matMul(A, B).dataSync()),
              dispose: () => tf.dispose([A, B]),
            };
          },
        };
      },
      qr: ({ inputs }) => ({
        "typed arrays": () => ({
          dtype: "f32",
          run: () =>
            tf.tidy(() => {
              const [Q, R] = tf.linalg.qr(tensor(inputs.A));
              return { Q: Q.dataSync(), R: R.dataSync() };
            }),
        }),
      }),
      gd: optimizer((rate) => tf.train.sgd(rate)),
      momentum: optimizer((rate) => tf.train.momentum(rate, 0.9)),
      adam: optimizer((rate) => tf.train.adam(rate, 0.9, 0.999, 1e-8)),
    },
  };

  /** Resident variables; one step of one parameter. */
  function optimizer(make) {
    return ({ dtype, inputs, parameters }) => {
      if (dtype !== "f32") return {};
      return {
        tensors() {
          const x = tf.variable(tf.tensor1d(inputs.x.data));
          const g = tf.tensor1d(inputs.g.data);
          const steps = make(parameters.rate);
          return {
            run: () => steps.applyGradients([{ name: x.name, tensor: g }]),
            read: () => x.dataSync(),
            dispose() {
              steps.dispose();
              tf.dispose([x, g]);
            },
          };
        },
      };
    };
  }
}
