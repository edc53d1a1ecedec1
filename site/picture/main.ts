// The program of picture.html.
import { count, duration } from "../../src/cli/format.js";
import { Remote } from "../shell/remote.js";
import { element, fileDrop, latest, ProgressBar, trying } from "../shell/ui.js";
import type { Filler, Frame, Picture } from "./worker.js";

const worker = new Remote<Filler>("picture");
const progress = new ProgressBar(element("progress"), () => worker.stop());
const problem = element("problem");
const start = element<HTMLButtonElement>("start");
const [hidden, rank] = ["hidden", "rank"].map((id) => element<HTMLInputElement>(id));

/** Larger pictures are made smaller: the wide network would take minutes. */
const side = 96;
/** More steps than are reported. */
const steps = 300;

let picture = pattern();

fileDrop(element("file"), (file) => trying(problem, async () => show(await read(file))));
element("sample").addEventListener("click", () => show(pattern()));
start.addEventListener("click", () => trying(problem, race));
hidden.addEventListener("input", () => {
  element("hidden-value").textContent = `${hidden.value} %`;
  void showSeen();
});
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
  for (const id of ["wide", "compressed"]) {
    draw(id, new Float64Array(given.data.length).fill(0.5));
    element(`${id}-text`).textContent = "";
  }
  void showSeen();
}

const showSeen = latest(() =>
  trying(problem, async () => {
    const { shown } = await worker.call("hide", [picture, Number(hidden.value) / 100]);
    draw("seen", picture.data, shown);
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

async function race(): Promise<void> {
  start.disabled = true;
  progress.start("starting");
  try {
    const args: Parameters<Filler["race"]> = [
      picture,
      Number(hidden.value) / 100,
      Number(rank.value),
    ];
    await worker.call("race", args, (frame: Frame) => {
      draw(frame.racer, frame.picture);
      element(`${frame.racer}-text`).textContent =
        `error ${frame.error.toFixed(3)} in ${duration(frame.milliseconds)}, ${count(frame.parameters)} parameters`;
      progress.update({ step: frame.step, total: steps, text: `step ${frame.step} of ${steps}` });
    });
  } finally {
    progress.end();
    start.disabled = false;
  }
}

show(picture);
