// Prints { seconds } from before a contender's import to after its first 64 x 64 product in f64 (or
// f32, where there is no f64), or { failure }. Arguments: the contender's module and its options.
const [, , module, options] = process.argv;
const [A, B] = [1, 2].map((seed) => {
  const data = Float64Array.from({ length: 64 * 64 }, (_, i) => Math.sin(seed * i));
  return { rows: 64, cols: 64, data };
});
const narrow = ({ rows, cols, data }) => ({ rows, cols, data: Float32Array.from(data) });
try {
  const begin = performance.now();
  const { start } = await import(`../contenders/${module}`);
  const { operations } = await start(JSON.parse(options));
  const forms = operations.matmul({ dtype: "f64", inputs: { A, B } });
  const fallback = { dtype: "f32", inputs: { A: narrow(A), B: narrow(B) } };
  const make = forms["typed arrays"] ?? operations.matmul(fallback)["typed arrays"];
  const product = await (await make()).run();
  const seconds = (performance.now() - begin) / 1000;
  const first = A.data.reduce((sum, _, i) => (i < 64 ? sum + A.data[i] * B.data[64 * i] : sum), 0);
  if (!(Math.abs(product[0] - first) < 1e-4)) throw new Error("the product is wrong");
  console.log(JSON.stringify({ seconds }));
} catch (error) {
  console.log(JSON.stringify({ failure: String(error.message).split("\n")[0] }));
}
process.exit();
