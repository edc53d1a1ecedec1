// The kernels of this package that a training step is made of, from dist/edge/kernels.wasm, which the
// package exports: everything is in their memory, as in a training.
import { readFile } from "node:fs/promises";
import { room } from "./ceiling.mjs";

/** @param options.root - a checkout with a built dist/, this one by default. */
export async function start({ root = new URL("../../", import.meta.url).href }) {
  const { instance } = await WebAssembly.instantiate(
    await readFile(new URL(`${root}dist/edge/kernels.wasm`)),
    { env: { memory: new WebAssembly.Memory({ initial: 28 }) } },
  );
  const kernels = instance.exports;

  /** Copies the arrays into the kernels' memory; their addresses and a reader of each. */
  function place(arrays) {
    const names = Object.keys(arrays);
    const places = room(
      kernels,
      names.map((name) => arrays[name].byteLength),
    );
    const at = {};
    names.forEach((name, i) => {
      at[name] = places[i];
      view(arrays[name], places[i]).set(arrays[name]);
    });
    return { at, read: (name) => view(arrays[name], at[name]).slice() };
  }

  function view(array, address) {
    return new array.constructor(kernels.memory.buffer, address, array.length);
  }

  const data = (inputs) =>
    Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.data]));
  const zeros = (dtype, length) =>
    dtype === "f32" ? new Float32Array(length) : new Float64Array(length);
  const optimizer =
    (states, call) =>
    ({ dtype, inputs, parameters }) => ({
      kernel: () => {
        const n = inputs.x.data.length;
        const state = Object.fromEntries(states.map((name) => [name, zeros(dtype, n)]));
        const { at, read } = place({ ...data(inputs), ...state });
        const kernel = kernels[`${call.name}_${dtype}`];
        let step = 0;
        return { run: () => call(kernel, n, at, parameters.rate, ++step), read: () => read("x") };
      },
    });

  return {
    version: "",
    operations: {
      gd: optimizer([], function gdStep(kernel, n, at, rate) {
        kernel(n, rate, 0, at.g, at.x);
      }),
      momentum: optimizer(["v"], function momentumStep(kernel, n, at, rate) {
        kernel(n, rate, 0.9, 0, 0, at.g, at.v, at.x);
      }),
      adam: optimizer(["m", "v"], function adamStep(kernel, n, at, rate, step) {
        const [c1, c2] = [1 - 0.9 ** step, 1 - 0.999 ** step];
        kernel(n, rate, 0.9, 0.999, 1e-8, c1, c2, 0, 0, at.g, at.m, at.v, at.x);
      }),
    },
  };
}
