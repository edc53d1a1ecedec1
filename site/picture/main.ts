// The program of picture.html.
import { count, duration } from "../../src/cli/format.js";
import { accent, draw as chart, legend, muted, second } from "../../src/cli/report/draw.js";
import { type Html, html } from "../../src/cli/report/html.js";
import * as Plot from "../../src/cli/report/plot-packages.js";
import { Remote } from "../shell/remote.js";
import { element, fileDrop, fill, latest, ProgressBar, trying } from "../shell/ui.js";
import type { Damage, Filler, Frame, Picture, Racer } from "./worker.js";

const worker = new Remote<Filler>("picture");
const problem = element("problem");
const starts = ["start", "start-wrong"].map((id) => element<HTMLButtonElement>(id));
const [hidden, rank, wrong] = ["hidden", "rank", "wrong"].map((id) =>
  element<HTMLInputElement>(id),
);

/** Two races: what is seen, who runs, and where it shows. */
const races = {
  fair: { racers: ["wide", "compressed", "alternating"], bar: bar("progress"), curves: true },
  wrong: { racers: ["plain", "robust"], bar: bar("progress-wrong"), curves: false },
} as const;

function bar(id: string): ProgressBar {
  return new ProgressBar(element(id), () => worker.stop());
}

/** Larger pictures are made smaller: the wide network would take minutes. */
const side = 96;
/** More steps than are reported. */
const steps = 300;

let picture = pattern();

fileDrop(element("file"), (file) => trying(problem, async () => show(await read(file))));
element("sample").addEventListener("click", () => trying(problem, () => show(pattern())));
starts[0].addEventListener("click", () => trying(problem, () => race("fair")));
starts[1].addEventListener("click", () => trying(problem, () => race("wrong")));
for (const slider of [hidden, wrong]) {
  slider.addEventListener("input", () => {
    element(`${slider.id}-value`).textContent = `${slider.value} %`;
    void showSeen();
  });
}
rank.addEventListener("input", () => {
  element("rank-value").textContent = rank.value;
});

/** Stripes and rings: few directions, many edges. */
function pattern(): Picture {
  const data = Float64Array.from({ length: side * side }, (_, place) => {
    const [x, y] = [(place % side) / side, Math.floor(place / side) / side];
    const wave = Math.sin(9 * x + 2) * Math.cos(7 * y) + Math.sin(4 * x) * Math.sin(13 * y);
    return 0.5 + 0.2 * wave + (Math.abs(x - 0.5) < 0.12 && Math.abs(y - 0.5) < 0.3 ? 0.25 : 0);
  });
  return { rows: side, cols: side, data };
}

/** Grey values of an image; what is transparent is white. */
async function read(file: File): Promise<Picture> {
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(file);
  } catch {
    throw new Error(`${file.name} is not an image that this browser reads`);
  }
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const [cols, rows] = [image.width, image.height].map((size) =>
    Math.max(1, Math.round(scale * size)),
  );
  const canvas = new OffscreenCanvas(cols, rows);
  const context = canvas.getContext("2d")!;
  context.fillStyle = "white";
  context.fillRect(0, 0, cols, rows);
  context.drawImage(image, 0, 0, cols, rows);
  image.close();
  const { data } = context.getImageData(0, 0, cols, rows);
  if (Math.min(rows, cols) < 8) {
    throw new Error(`${file.name} is ${cols} x ${rows}: it must have 8 pixels or more each way`);
  }
  return {
    ...{ rows, cols },
    data: Float64Array.from({ length: rows * cols }, (_, i) => {
      return (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / 255;
    }),
  };
}

function show(given: Picture): void {
  worker.stop();
  picture = given;
  const most = Math.floor(Math.min(given.rows, given.cols) / 2) - 1;
  rank.max = String(Math.min(16, most));
  element("rank-value").textContent = rank.value;
  draw("original", given.data);
  for (const { racers } of Object.values(races)) racers.forEach(clear);
  fill(element("curves"), curves([]));
  void showSeen();
}

function clear(racer: Racer): void {
  draw(racer, new Float64Array(picture.data.length).fill(0.5));
  element(`${racer}-text`).textContent = "";
}

const damage = (race: keyof typeof races): Damage => ({
  hidden: Number(hidden.value) / 100,
  wrong: race === "wrong" ? Number(wrong.value) / 100 : 0,
});

const showSeen = latest(() =>
  trying(problem, async () => {
    for (const [race, id] of [
      ["fair", "seen"],
      ["wrong", "seen-wrong"],
    ] as const) {
      const { shown, data } = await worker.call("damage", [picture, damage(race)]);
      draw(id, data, shown);
    }
  }),
);

/** @param shown - pixels where it is 0 are left out. */
function draw(id: string, data: Float64Array, shown?: Uint8Array): void {
  const canvas = element<HTMLCanvasElement>(id);
  const { rows, cols } = picture;
  [canvas.width, canvas.height] = [cols, rows];
  const image = new ImageData(cols, rows);
  for (let i = 0; i < data.length; i++) {
    image.data.fill(Math.round(255 * Math.min(1, Math.max(0, data[i]))), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = shown?.[i] === 0 ? 0 : 255;
  }
  canvas.getContext("2d")!.putImageData(image, 0, 0);
}

async function race(name: keyof typeof races): Promise<void> {
  const { racers, bar, curves: drawn } = races[name];
  for (const start of starts) start.disabled = true;
  racers.forEach(clear);
  bar.start("starting");
  const frames: Frame[] = [];
  try {
    const task = [picture, damage(name), Number(rank.value), racers] as const;
    await worker.call("race", [...task], (frame: Frame) => {
      frames.push(frame);
      const { racer, error, milliseconds, parameters, step } = frame;
      draw(racer, frame.picture);
      element(`${racer}-text`).textContent =
        `error ${error.toFixed(4)} in ${duration(milliseconds)}, ${count(parameters)} parameters`;
      bar.update({ step, total: steps, text: `step ${step} of ${steps}` });
      if (drawn && racer === racers.at(-1)) fill(element("curves"), curves(frames));
    });
  } finally {
    bar.end();
    for (const start of starts) start.disabled = false;
  }
}

/** Errors over time, a line a racer. */
function curves(frames: readonly Frame[]): Html {
  const { racers } = races.fair;
  const colours = [accent, second, muted];
  const lines = racers.map((name) => frames.filter(({ racer }) => racer === name));
  const ends = lines.flatMap((line) => line.slice(-1));
  const said = ends.map(({ racer, error, milliseconds }) => {
    return `${racer} ${error.toFixed(4)} after ${duration(milliseconds)}`;
  });
  const errors = frames.map(({ error }) => error);
  const [least, most] = [Math.min(0.01, ...errors), Math.max(0.1, ...errors)];
  const plot = chart("Error of the hidden pixels over time", `${said.join("; ")}.`, {
    x: { label: "milliseconds", labelAnchor: "right", domain: timeOf(frames) },
    y: { type: "log", label: "error", grid: true, ticks: 5, domain: [least, most] },
    marks: lines.map((line, i) =>
      Plot.line(line, { x: "milliseconds", y: "error", stroke: colours[i], strokeWidth: 2 }),
    ),
  });
  return html`<figure>${legend(racers)}${plot}<figcaption>Root mean square error of the hidden pixels, of 1 from black to
white.</figcaption></figure>`;
}

const timeOf = (frames: readonly Frame[]): [number, number] => [
  0,
  Math.max(100, ...frames.map(({ milliseconds }) => milliseconds)),
];

show(picture);
