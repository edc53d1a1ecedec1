// The loops that a JavaScript programmer writes, on typed arrays: what a package must beat to be
// worth its call.

export async function start() {
  return {
    version: "",
    operations: {
      matmul: ({ dtype, inputs: { A, B } }) => ({
        "typed arrays, out": () => {
          const [m, k, n] = [A.rows, A.cols, B.cols];
          const C = dtype === "f32" ? new Float32Array(m * n) : new Float64Array(m * n);
          return { run: () => multiply(m, n, k, A.data, B.data, C) };
        },
      }),
      gd: ({ inputs: { x, g }, parameters: { rate } }) => ({
        "typed arrays": () => ({
          run() {
            for (let i = 0; i < x.data.length; i++) x.data[i] -= rate * g.data[i];
            return x.data;
          },
        }),
      }),
      momentum: ({ dtype, inputs: { x, g }, parameters: { rate } }) => ({
        "typed arrays": () => {
          const v = zeros(dtype, x.data.length);
          return {
            run() {
              for (let i = 0; i < v.length; i++) {
                v[i] = 0.9 * v[i] + g.data[i];
                x.data[i] -= rate * v[i];
              }
              return x.data;
            },
          };
        },
      }),
      adam: ({ dtype, inputs: { x, g }, parameters: { rate } }) => ({
        "typed arrays": () => {
          const state = { m: zeros(dtype, x.data.length), v: zeros(dtype, x.data.length), step: 0 };
          return { run: () => adam(x.data, g.data, state, rate) };
        },
      }),
    },
  };
}

const zeros = (dtype, length) =>
  dtype === "f32" ? new Float32Array(length) : new Float64Array(length);

function multiply(m, n, k, a, b, c) {
  c.fill(0);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const factor = a[i * k + p];
      for (let j = 0; j < n; j++) c[i * n + j] += factor * b[p * n + j];
    }
  }
  return c;
}

function adam(x, g, state, rate) {
  const { m, v } = state;
  state.step++;
  const size = rate / (1 - 0.9 ** state.step);
  const root = 1 / Math.sqrt(1 - 0.999 ** state.step);
  for (let i = 0; i < x.length; i++) {
    m[i] = 0.9 * m[i] + 0.1 * g[i];
    v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
    x[i] -= (size * m[i]) / (Math.sqrt(v[i]) * root + 1e-8);
  }
  return x;
}
