// jax-js on its WebAssembly device, f32 and f64. Arrays are counted: a call consumes its arguments,
// `.ref` keeps them.
import { defaultDevice, init, numpy as np } from "@jax-js/jax";
import { versionOf } from "../harness/installed.mjs";

export async function start() {
  await init();
  defaultDevice("wasm");
  const array = ({ rows, cols, data }) => np.array(data).reshape([rows, cols]);
  const factorize =
    (call) =>
    ({ inputs }) => ({
      "typed arrays": () => ({ run: () => call(array(inputs.A)) }),
    });
  return {
    get version() {
      return versionOf("@jax-js/jax");
    },
    operations: {
      matmul: ({ inputs }) => ({
        "typed arrays": () => ({
          run: () => np.matmul(array(inputs.A), array(inputs.B)).dataSync(),
        }),
        "its own arrays": () => {
          const A = array(inputs.A);
          const B = array(inputs.B);
          return {
            async run() {
              const C = np.matmul(A.ref, B.ref);
              await C.blockUntilReady();
              C.dispose();
            },
            read: () => np.matmul(A.ref, B.ref).dataSync(),
            dispose() {
              A.dispose();
              B.dispose();
            },
          };
        },
      }),
      svd: factorize((A) => {
        const [U, S, Vt] = np.linalg.svd(A, { fullMatrices: false });
        return { U: U.dataSync(), S: S.dataSync(), Vt: Vt.dataSync() };
      }),
      eigh: factorize((A) => {
        const [values, vectors] = np.linalg.eigh(A);
        return { values: values.dataSync(), vectors: vectors.dataSync() };
      }),
    },
  };
}
