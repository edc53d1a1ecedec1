// Features of 28 x 28 images that nobody chose on the images that a bound is about: moduli of Gabor
// filters at two scales and eight orientations, the same of their maps once more, and pooled pixels;
// square roots of all. Centres and sizes of the groups are those of the test images. The filters'
// taps are integers, so that no engine's cosine can matter.
import { Matrix, matmul } from "../../dist/index.js";

const dtype = "f32";
const side = 28;
const orientations = 8;
/** Images at a time: their patches are some ten megabytes. */
const atOnce = 200;
/** Means and root mean squares of the groups, over the test images. */
const groups = [
  { size: 392, mean: 0.3623, rms: 0.2866 },
  { size: 392, mean: 0.6537, rms: 0.4129 },
  { size: 196, mean: 0.379, rms: 0.3792 },
  { size: 288, mean: 0.6776, rms: 0.28 },
];
export const featureCount = groups.reduce((sum, { size }) => sum + size, 0);

/** Taps of even and odd filters, size^2 x 2 orientations, of sum 0 and about unit length. */
function gabor(size, wavelength, width, count) {
  const radius = (size - 1) / 2;
  const filters = [];
  for (let k = 0; k < count; k++) {
    const angle = (Math.PI * k) / count;
    for (const phase of [0, Math.PI / 2]) {
      const taps = Array.from({ length: size * size }, (_, p) => {
        const [y, x] = [Math.floor(p / size) - radius, (p % size) - radius];
        const along = x * Math.cos(angle) + y * Math.sin(angle);
        const wave = Math.cos((2 * Math.PI * along) / wavelength + phase);
        return Math.exp(-(x * x + y * y) / (2 * width * width)) * wave;
      });
      const mean = taps.reduce((sum, tap) => sum + tap, 0) / taps.length;
      const length = Math.hypot(...taps.map((tap) => tap - mean));
      filters.push(taps.map((tap) => Math.round((128 * (tap - mean)) / length) / 128));
    }
  }
  return Matrix.fromColumns(filters, { dtype });
}

/** Moduli at every second place of maps of n x n: row by row count places, columns orientations. */
function moduli(maps, n, filters) {
  const size = Math.sqrt(filters.rows);
  const [radius, half] = [(size - 1) / 2, n / 2];
  const patches = Matrix.zeros(maps.length * half * half, filters.rows, { dtype });
  let to = 0;
  for (const map of maps) {
    for (let i = 0; i < n; i += 2) {
      for (let j = 0; j < n; j += 2) {
        for (let y = i - radius; y <= i + radius; y++) {
          for (let x = j - radius; x <= j + radius; x++, to++) {
            if (y >= 0 && y < n && x >= 0 && x < n) patches.data[to] = map[y * n + x];
          }
        }
      }
    }
  }
  const responses = matmul(patches, filters).data;
  const count = filters.cols / 2;
  // A map for each image and orientation.
  const result = [];
  for (let image = 0; image < maps.length; image++) {
    for (let k = 0; k < count; k++) {
      const map = new Float32Array(half * half);
      for (let p = 0; p < map.length; p++) {
        const at = ((image * half * half + p) * count + k) * 2;
        map[p] = Math.sqrt(responses[at] ** 2 + responses[at + 1] ** 2);
      }
      result.push(map);
    }
  }
  return result;
}

/** Square roots of means over windows of `width`, `step` apart. */
function pooled(map, n, width, step, to, start) {
  let at = start;
  for (let i = 0; i + width <= n; i += step) {
    for (let j = 0; j + width <= n; j += step) {
      let sum = 0;
      for (let y = i; y < i + width; y++) {
        for (let x = j; x < j + width; x++) sum += map[y * n + x];
      }
      to[at++] = Math.sqrt(sum / (width * width));
    }
  }
  return at;
}

/**
 * @param inputs - images of 784 pixels in [0, 1], end to end.
 * @returns count x 1268, in f32.
 */
export function filterFeatures(inputs, count, { normalise = true } = {}) {
  const banks = [gabor(5, 4, 1.6, orientations), gabor(9, 8, 3, orientations)];
  const second = gabor(5, 4, 1.6, orientations / 2);
  const features = Matrix.zeros(count, featureCount, { dtype });
  for (let first = 0; first < count; first += atOnce) {
    const last = Math.min(first + atOnce, count);
    const images = Array.from({ length: last - first }, (_, i) =>
      inputs.subarray((first + i) * side * side, (first + i + 1) * side * side),
    );
    const maps = banks.map((bank) => moduli(images, side, bank));
    // Every second orientation once more.
    const again = maps.map((all) =>
      moduli(
        all.filter((_, m) => m % 2 === 0),
        side / 2,
        second,
      ),
    );
    const perImage = again[0].length / images.length;
    images.forEach((image, i) => {
      const row = features.row(first + i);
      let at = 0;
      for (const all of maps) {
        for (const map of all.slice(i * orientations, (i + 1) * orientations)) {
          at = pooled(map, 14, 2, 2, row, at);
        }
      }
      at = pooled(image, side, 2, 2, row, at);
      for (const all of again) {
        for (const map of all.slice(i * perImage, (i + 1) * perImage)) {
          at = pooled(map, 7, 3, 2, row, at);
        }
      }
    });
  }
  if (normalise) normaliseGroups(features);
  return features;
}

function normaliseGroups(features) {
  for (let i = 0; i < features.rows; i++) {
    const row = features.row(i);
    let at = 0;
    for (const { size, mean, rms } of groups) {
      for (let j = 0; j < size; j++, at++) row[at] = (row[at] - mean) / rms;
    }
  }
}

/** The mean of each group, and the root mean square around it. */
export function groupSizes(features) {
  let start = 0;
  return groups.map(({ size }) => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < features.rows; i++) {
      for (const value of features.row(i).subarray(start, start + size)) {
        sum += value;
        squares += value * value;
      }
    }
    start += size;
    const mean = sum / (features.rows * size);
    return { size, mean, rms: Math.sqrt(squares / (features.rows * size) - mean * mean) };
  });
}
