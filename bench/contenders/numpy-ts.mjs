// numpy-ts. Its arrays live in WebAssembly memory: `frombuffer` is the fastest way in (`array` goes
// element by element), `data` is a view of what is there, and what is not disposed of fills the
// heap until the library falls back to plain JavaScript without a word.
import { versionOf } from "../harness/installed.mjs";

/**
 * @param options.package - the folder it is installed in: there are two versions.
 * @param options.relaxed - "auto", the library's default, uses relaxed SIMD where there is any.
 */
export async function start({ package: name = "numpy-ts", relaxed = "auto" }) {
  const np = await import(name);
  np.wasmConfig.useRelaxedSimd = relaxed;
  const into = ({ rows, cols, data }) => {
    const flat = np.frombuffer(data.buffer, data instanceof Float32Array ? "float32" : "float64");
    const shaped = flat.reshape([rows, cols]);
    flat.dispose();
    return shaped;
  };
  const out = (array) => {
    const copy = array.data.slice();
    array.dispose();
    return copy;
  };
  const factorize =
    (call) =>
    ({ inputs }) => ({
      "typed arrays": () => ({
        run() {
          const A = into(inputs.A);
          const result = call(A);
          A.dispose();
          return result;
        },
      }),
    });
  return {
    get version() {
      return versionOf(name);
    },
    operations: {
      matmul: ({ inputs }) => ({
        "typed arrays": () => ({
          run() {
            const A = into(inputs.A);
            const B = into(inputs.B);
            const C = np.matmul(A, B);
            A.dispose();
            B.dispose();
            return out(C);
          },
        }),
        "its own arrays": () => {
          const A = into(inputs.A);
          const B = into(inputs.B);
          return {
            run: () => np.matmul(A, B).dispose(),
            read: () => out(np.matmul(A, B)),
            dispose() {
              A.dispose();
              B.dispose();
            },
          };
        },
      }),
      qr: factorize((A) => {
        const { q, r } = np.linalg.qr(A);
        return { Q: out(q), R: out(r) };
      }),
      svd: factorize((A) => {
        const { u, s, vt } = np.linalg.svd(A, false);
        return { U: out(u), S: out(s), Vt: out(vt) };
      }),
      eigh: factorize((A) => {
        const { w, v } = np.linalg.eigh(A);
        return { values: out(w), vectors: out(v) };
      }),
    },
  };
}
