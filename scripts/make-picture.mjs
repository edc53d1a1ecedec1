// Writes docs/completed.png, the picture of the README: a woven pattern, what is left when most of its
// pixels are hidden, and what the package makes of them. Run it after `npm run build`.
import { writeFileSync } from "node:fs";
import { PNG } from "pngjs";
import { completion, scaledGd, spectralCompress, train } from "../dist/index.js";

const size = 240;
const shown = 0.25;
const rank = 7;

/** The threads of a tartan: widths and colours, the same for warp and weft. */
const sett = [
  [10, [18, 52, 86]],
  [4, [196, 32, 45]],
  [10, [18, 52, 86]],
  [14, [24, 88, 62]],
  [3, [242, 194, 48]],
  [14, [24, 88, 62]],
  [5, [240, 240, 235]],
].flatMap(([width, color]) => Array(width).fill(color));

/** Twill: which thread is on top goes by diagonals, two over and two under. */
const threadAt = (i) => sett[i % sett.length];
const twill = (i, j) => ((i + j) % 4 < 2 ? threadAt(i) : threadAt(j));
const original = channels((i, j, c) => twill(i, j)[c] / 255);

/** Seeded: a picture that is made again is the same picture. */
let state = 7;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const seen = Array.from({ length: size * size }, () => uniform() < shown);

const start = performance.now();
const completed = original.map(complete);
const seconds = (performance.now() - start) / 1000;

const errors = completed.flatMap((values, c) => [...values].map((x, p) => x - original[c][p]));
const error = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
const gap = 16;
write("docs/completed.png", [
  original.map((values) => values.map((x, p) => (seen[p] ? x : 0.93))),
  completed,
  original,
]);
console.log(
  `${seconds.toFixed(2)} s, root mean square error ${(255 * error).toExponential(1)} of 255`,
);

function channels(colorAt) {
  return [0, 1, 2].map((c) =>
    Float64Array.from({ length: size * size }, (_, p) =>
      colorAt(Math.floor(p / size), p % size, c),
    ),
  );
}

function complete(values) {
  const places = [...values.keys()].filter((p) => seen[p]);
  const problem = completion({
    ...{ rows: size, cols: size },
    rowIndices: places.map((p) => Math.floor(p / size)),
    colIndices: places.map((p) => p % size),
    values: places.map((p) => values[p]),
  });
  const model = spectralCompress(problem, { rank, width: rank, depth: 2 });
  for (const _ of train(model, problem, { steps: 1500, optimizer: scaledGd() }));
  return model.product().data;
}

/** Panels side by side. */
function write(path, panels) {
  const png = new PNG({ width: panels.length * size + (panels.length - 1) * gap, height: size });
  png.data.fill(0);
  panels.forEach((panel, at) => {
    for (let p = 0; p < size * size; p++) {
      const x = at * (size + gap) + (p % size);
      const place = 4 * (Math.floor(p / size) * png.width + x);
      panel.forEach((values, c) => {
        png.data[place + c] = Math.round(255 * Math.min(1, Math.max(0, values[p])));
      });
      png.data[place + 3] = 255;
    }
  });
  writeFileSync(path, PNG.sync.write(png));
}
