// Question: from how few measurements does a small decoder recover an image, and how many of them may
// be wrong?
import { readFileSync } from "node:fs";
import {
  absolute,
  medianOfMeans,
  ReluGenerator,
  recover,
  squares,
} from "../../dist/generative/index.js";
import { adam, Matrix, matmul } from "../../dist/index.js";
import { median } from "../../lab/statistics.mjs";
import { loadFashion } from "../harness/fashion.mjs";
import { byComponents, bySparseCosines, principalComponents } from "../harness/priors.mjs";
import { finding, format } from "../harness/report.mjs";

const pixels = 784;
const decoder = new URL("../fixtures/fashion-decoder.safetensors", import.meta.url);
/** Measurements where some are wrong, and blocks for them: 5 in each. */
const [robustMeasurements, blocks] = [200, 40];

export default {
  name: "generative",
  title: "Compressed sensing of Fashion-MNIST with a decoder",
  source: "Jalal et al. 2020 (there: MNIST and faces, of which no table is known)",
  run(lab) {
    const images = lab.quick ? 2 : 20;
    const counts = lab.quick ? [20, 80] : [10, 20, 40, 80, 160, 320];
    const shares = lab.quick ? [0.02] : [0, 0.02, 0.05];
    const steps = lab.quick ? 100 : 500;
    const generator = ReluGenerator.fromSafetensors(readFileSync(decoder), { dtype: "f64" });
    let data;
    const prepared = () => {
      if (data) return data;
      const { training, test } = loadFashion({ share: 0.1 });
      const components = principalComponents(training, generator.inputs);
      const each = test.count / 10;
      const signals = Array.from({ length: images }, (_, i) => {
        const at = (i % 10) * each + Math.floor(i / 10);
        return Float64Array.from(test.inputs.subarray(at * pixels, (at + 1) * pixels));
      });
      data = { components, signals };
      return data;
    };
    const generated = (loss) => (A, y, seed) => {
      const run = recover({
        ...{ operator: A, measurements: y, generator, loss, steps, seed },
        optimizer: adam({ learningRate: 0.05 }),
      });
      for (const _ of run);
      return run.signal;
    };
    const components = (A, y) => byComponents(prepared().components, A, y);
    const cosines = (A, y) => bySparseCosines(A, y);
    const priors = { decoder: generated(squares()), components, cosines };
    const robust = {
      "decoder, squares": generated(squares()),
      "decoder, absolute": generated(absolute()),
      "decoder, median of means": generated(medianOfMeans({ blocks })),
      ...{ components, cosines },
    };
    const errors = (name, methods, measurements, wrong) =>
      lab.part(name, () => {
        const { signals } = prepared();
        return Object.fromEntries(
          Object.entries(methods).map(([method, find]) => [
            method,
            signals.map((x, i) => {
              const seed = 1000 * lab.seed + i;
              const { A, y } = measured(x, measurements, wrong, seed);
              lab.show(`${name}, ${method}`, i + 1, images);
              return distance(find(A, y, seed), x);
            }),
          ]),
        );
      });
    const rows = [];
    const add = (setting, found) => {
      for (const [method, all] of Object.entries(found)) {
        rows.push({ ...setting, method, median: median(all), worst: Math.max(...all) });
      }
    };
    for (const measurements of counts) {
      add({ measurements, wrong: 0 }, errors(`clean-${measurements}`, priors, measurements, 0));
    }
    const spoilt = [];
    for (const share of shares) {
      const wrong = Math.round(share * robustMeasurements);
      const found = errors(`wrong-${wrong}`, robust, robustMeasurements, wrong);
      for (const [method, all] of Object.entries(found)) {
        const setting = { measurements: robustMeasurements, wrong };
        spoilt.push({ ...setting, method, median: median(all), worst: Math.max(...all) });
      }
    }
    const at = (table, wanted) =>
      table.find((row) => Object.entries(wanted).every(([key, value]) => row[key] === value))
        .median;
    const few = counts[1];
    const of = (method, measurements) => at(rows, { method, measurements });
    const many = counts.at(-1);
    const worst = Math.round(shares.at(-1) * robustMeasurements);
    const robustError = (method) => at(spoilt, { method, wrong: worst });
    const asked = (holds, words) => (lab.quick ? {} : { holds, asked: words });
    return {
      setting:
        `A decoder ${generator.network.sizes.join("-")} with ${generator.parameters.length} ` +
        "parameters, trained on 60,000 images by this package; " +
        `${images} held-out images, two of each class; Gaussian rows of variance 1 / measurements; ` +
        `${steps} steps of Adam, rate 0.05, two starts. Beside it the same number of principal ` +
        "components, most probable coefficients, and sparse coefficients of the cosine transform. " +
        "Wrong rows are ten times all ones over the root of their number, and their measurement is 10.",
      tables: { "": rows, wrong: spoilt },
      figures: {
        "": {
          title: "Relative error over the number of measurements, median of the images",
          x: { label: "measurements", log: true },
          y: { label: "relative error" },
          series: Object.keys(priors).map((name) => ({
            ...{ name, dots: true },
            points: counts.map((count) => [count, of(name, count)]),
          })),
        },
      },
      findings: [
        finding({
          quantity: `relative error from ${few} measurements, decoder over sparse cosines`,
          ours: format(of("decoder", few) / of("cosines", few)),
          ...asked(of("decoder", few) < of("cosines", few), "less than 1"),
          remarks: `${format(of("decoder", few))} and ${format(of("cosines", few))}`,
        }),
        finding({
          quantity: `relative error from ${few} measurements, decoder over principal components`,
          ours: format(of("decoder", few) / of("components", few)),
          remarks: `${format(of("decoder", few))} and ${format(of("components", few))}`,
        }),
        finding({
          quantity: `relative error from ${many} measurements, decoder over principal components`,
          ours: format(of("decoder", many) / of("components", many)),
          ...asked(of("decoder", many) < of("components", many), "less than 1"),
          remarks: `${format(of("decoder", many))} and ${format(of("components", many))}; sparse cosines ${format(of("cosines", many))}`,
        }),
        finding({
          quantity: `relative error with ${worst} of ${robustMeasurements} rows wrong, median of means`,
          ours: format(robustError("decoder, median of means")),
          ...asked(
            robustError("decoder, median of means") < robustError("decoder, squares") / 2,
            "less than half of the squares'",
          ),
          remarks:
            `squares ${format(robustError("decoder, squares"))}, absolute ` +
            `${format(robustError("decoder, absolute"))}, components ` +
            `${format(robustError("components"))}, sparse cosines ${format(robustError("cosines"))}`,
        }),
      ],
    };
  },
};

/** Measurements of a signal, the first of them wrong. */
function measured(x, measurements, wrong, seed) {
  const A = Matrix.randomNormal(measurements, pixels, { seed });
  for (let i = 0; i < A.data.length; i++) A.data[i] /= Math.sqrt(measurements);
  const y = matmul(A, new Matrix(pixels, 1, x)).data;
  for (let i = 0; i < wrong; i++) {
    A.row(i).fill(10 / Math.sqrt(wrong));
    y[i] = 10;
  }
  return { A, y };
}

function distance(found, x) {
  let [error, size] = [0, 0];
  for (let p = 0; p < x.length; p++) {
    error += (found[p] - x[p]) ** 2;
    size += x[p] ** 2;
  }
  return Math.sqrt(error / size);
}
