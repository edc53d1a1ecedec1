// The program of teach.html.
import { certificateName } from "../../src/cli/certificate.js";
import { judgement } from "../../src/cli/few-shot-judgement.js";
import { amount, bytes, count, duration, percent } from "../../src/cli/format.js";
import { type Html, html, isolated } from "../../src/cli/report/html.js";
import { type Tile, tiles } from "../../src/cli/report/pieces.js";
import { batchLossPlot } from "../../src/cli/report/text-plots.js";
import type { ModelFiles } from "../../src/formats/model-files.js";
import { fetchModel } from "../../src/lora/hub.js";
import { pageCache } from "../../src/lora/page-cache.js";
import { Remote, StoppedError } from "../shell/remote.js";
import {
  download,
  dropPlace,
  element,
  fill,
  latest,
  ProgressBar,
  reveal,
  trying,
} from "../shell/ui.js";
import { droppedFolder, modelOfFolder, pickedFolder } from "./folder.js";
import { type Labelled, parseSentences, sample, sampleQuestion, summaryOf } from "./sentences.js";
import { addProgram, archive } from "./take-home.js";
import type { Learned, LearnProgress, Opened, Task, Teacher } from "./worker.js";

const worker = new Remote<Teacher>("teach");
const modelProblem = element("model-problem");
const problem = element("problem");
const modelProgress = new ProgressBar(element("model-progress"), stopLoading);
const progress = new ProgressBar(element("progress"), stopLearning);
const typed = element<HTMLTextAreaElement>("sentences");
const sentence = element<HTMLInputElement>("sentence");
const [steps, certify] = ["steps", "certify"].map((id) => element<HTMLInputElement>(id));
const learnButton = element<HTMLButtonElement>("learn");
/** The curve is drawn anew so often, in milliseconds. */
const redraw = 250;

/** The model that was chosen; a worker that was stopped gets it anew. */
let chosen: { name: string; files: ModelFiles } | undefined;
let inWorker = false;
let sentences: Labelled[] = [];
let learned: { from: readonly Labelled[]; task: Task; found: Learned } | undefined;
/** Counts the models that were asked for: a later one makes an earlier one void. */
let asked = 0;
let loading = false;
let learning = false;

const picker = element("folder").querySelector("input")!;
picker.addEventListener("change", () => {
  const { files } = picker;
  if (files === null || files.length === 0) return;
  const folder = pickedFolder(files);
  // The same folder may be picked again.
  picker.value = "";
  void load(folder.name, () => modelOfFolder(folder));
});
dropPlace(element("folder"), (dropped) => {
  void load("model", async () => modelOfFolder(await droppedFolder(dropped)));
});
element("fetch").addEventListener("click", fetchIt);
element("sample").addEventListener("click", () => {
  typed.value = sample;
  readTyped();
});
typed.addEventListener("input", readTyped);
for (const radio of document.querySelectorAll("[name=method]")) {
  radio.addEventListener("change", showSettings);
}
learnButton.addEventListener("click", () => trying(problem, learn));
sentence.addEventListener("input", () => showAnswer());
element("save").addEventListener("click", () => trying(problem, save));

/** Servers that the policy of the page allows. */
function checkedServer(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "localhost")) {
    return address;
  }
  throw new Error("the server must be an address with https, or on http://localhost");
}

function fetchIt(): Promise<void> {
  const name = element<HTMLInputElement>("model-name").value.trim();
  const server = element<HTMLInputElement>("server").value.trim();
  return load(name, async (mine) => {
    const cache = typeof caches === "undefined" ? {} : { cache: pageCache() };
    return fetchModel(name, {
      ...{ baseUrl: checkedServer(server), ...cache },
      onProgress({ file, bytes: got, totalBytes }) {
        // What is thrown here ends the download; what has come so far is kept.
        if (mine !== asked) throw new StoppedError("stopped");
        const text = `${file}, ${bytes(got)} of ${bytes(totalBytes)}`;
        modelProgress.update({ step: got, total: totalBytes, text });
      },
    });
  });
}

function load(name: string, files: (mine: number) => Promise<ModelFiles>): Promise<void> {
  const mine = ++asked;
  worker.stop();
  [chosen, inWorker, loading] = [undefined, false, true];
  forget();
  element("opened").textContent = "";
  modelProgress.start("reading");
  return trying(modelProblem, async () => {
    try {
      const found = { name, files: await files(mine) };
      if (mine !== asked) throw new StoppedError("stopped");
      const opened = await worker.call("open", [found.files]);
      [chosen, inWorker] = [found, true];
      element("opened").textContent = describe(found.files.folder ?? name, opened);
    } finally {
      if (mine === asked) {
        loading = false;
        modelProgress.end();
        if (chosen === undefined) element("opened").textContent = "No model yet.";
        showButton();
      }
    }
  });
}

function stopLoading(): void {
  asked++;
  loading = false;
  worker.stop();
  modelProgress.end();
  element("opened").textContent = "No model yet.";
}

const describe = (name: string, { family, layers, width, vocabulary }: Opened) =>
  `${name}: ${amount(layers, "layer")} of ${family.toUpperCase()}, ${count(width)} numbers a token, ` +
  `${count(vocabulary)} pieces of words.`;

function readTyped(): void {
  const summary = element("summary");
  try {
    sentences = parseSentences(typed.value);
    summary.textContent =
      sentences.length > 0
        ? summaryOf(sentences)
        : "Two labels or more, each with two sentences or more.";
    summary.classList.remove("bad");
  } catch (error) {
    sentences = [];
    summary.textContent = (error as Error).message;
    summary.classList.add("bad");
  }
  showButton();
}

function showButton(): void {
  learnButton.disabled = chosen === undefined || sentences.length === 0 || loading || learning;
}

const method = () =>
  document.querySelector<HTMLInputElement>("[name=method]:checked")!.value as Task["method"];

function showSettings(): void {
  for (const input of [steps, certify]) input.disabled = method() === "few-shot";
}

function taskOf(): Task {
  const way = method();
  if (way === "few-shot") return { method: way };
  const wanted = Number(steps.value);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 2000) {
    throw new Error("steps must be a whole number from 1 to 2,000");
  }
  return { method: way, steps: wanted, certify: certify.checked };
}

/** What was learned from other sentences, or with another model, is gone. */
function forget(): void {
  learned = undefined;
  reveal(element("learned"), false);
}

async function learn(): Promise<void> {
  if (chosen === undefined || learning) return;
  const task = taskOf();
  const from = sentences;
  learning = true;
  showButton();
  forget();
  const chart = element("losses");
  reveal(chart, task.method !== "few-shot");
  fill(chart);
  progress.start("starting");
  let drawn = 0;
  try {
    if (!inWorker) {
      await worker.call("open", [chosen.files]);
      inWorker = true;
    }
    const found = await worker.call("learn", [from, task], (now: LearnProgress) => {
      progress.update(now);
      if (now.losses.length < 2 || performance.now() - drawn < redraw) return;
      drawn = performance.now();
      fill(chart, lossFigure(now.losses));
    });
    learned = { from, task, found };
    if (found.kind !== "few-shot" && found.losses.length > 1) fill(chart, lossFigure(found.losses));
    showLearned(chosen.name, found, task);
  } finally {
    learning = false;
    progress.end();
    showButton();
  }
}

/** What the worker held went with it. */
function stopLearning(): void {
  inWorker = false;
  worker.stop();
}

function lossFigure(losses: readonly number[]): Html {
  const plot = batchLossPlot(losses.map((loss, i) => ({ step: i + 1, loss })));
  return html`<figure>${plot}<figcaption>The loss of each batch, and the mean of those just before it.</figcaption></figure>`;
}

function showLearned(name: string, found: Learned, task: Task): void {
  fill(element("plain"), ...wordsOf(found).map((line) => html`<p>${line}</p>`));
  fill(element("tiles"), tiles(tilesOf(found)));
  element("json").textContent = JSON.stringify(found.result, null, 2);
  element("command").textContent = commandOf(name, task);
  const few = task.method === "few-shot";
  element("take").textContent = few
    ? "The model was not changed. The archive has the classifier without it, your sentences, and a program that " +
      "classifies."
    : `The adapter loads in lowrank, in PEFT and in transformers${
        found.kind === "certified" ? `; ${certificateName} proves its bound` : ""
      }.`;
  element("save").textContent = few ? "Download the classifier" : "Download the adapter";
  if (sentence.value === "" && typed.value === sample) sentence.value = sampleQuestion;
  fill(element("shares"), ...found.labels.map((label) => share(label, undefined, false)));
  element("answer").textContent = "";
  reveal(element("learned"));
  element("good-heading").focus({ preventScroll: true });
  element("good-heading").scrollIntoView();
  void showAnswer();
}

function wordsOf(found: Learned): Html[] {
  if (found.kind === "few-shot") {
    const n = learned?.from.length ?? 0;
    return [html`<strong>${judgement(found.evidence, n)}.</strong>`];
  }
  if (found.kind === "certified") return found.lines.map((line) => html`${capital(line)}.`);
  const { losses } = found;
  return [
    html`The loss went from ${losses[0].toFixed(3)} to <strong>${(found.result.trainLoss ?? 0).toFixed(3)}</strong>
on these sentences. That does not say how good it is on others: try some below.`,
  ];
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

function tilesOf(found: Learned): Tile[] {
  const time = { what: "Time", value: duration(found.milliseconds), note: "in this tab" };
  if (found.kind === "few-shot") {
    const { accuracy, standardError, guess } = found.evidence;
    return [
      {
        what: "Right when left out",
        value: percent(accuracy),
        note: `± ${percent(standardError)}; by guessing ${percent(guess)}`,
      },
      { what: "Labels", value: count(found.labels.length), note: "" },
      time,
    ];
  }
  const last = found.losses.at(-1);
  const shown = [{ what: "Steps", value: count(found.losses.length), note: "" }, time];
  if (found.kind === "certified") return shown;
  const { trainLoss, trainableParameters, learningRate } = found.result;
  const [least, most] = found.ranks;
  return [
    {
      what: "Training loss",
      value: (trainLoss ?? last ?? 0).toFixed(4),
      note: "mean of the last ten steps",
    },
    {
      what: "Trained numbers",
      value: count(trainableParameters),
      note: `learned ranks ${least} to ${most}`,
    },
    { ...shown[0], note: `learning rate ${learningRate.toPrecision(2)}` },
    time,
  ];
}

function commandOf(name: string, task: Task): string {
  const folder = /^[\w./-]+$/.test(name) ? name : "MODEL";
  if (task.method === "few-shot") {
    return (
      `npx lowrank classify new.csv --model ${folder} --text-columns text \\\n` +
      "  --examples sentences.csv --label-column label"
    );
  }
  return (
    `npx lowrank finetune --model ${folder} --train sentences.csv --text-columns text \\\n` +
    `  --label-column label --task classification --method ${task.method} --steps ${task.steps} \\\n` +
    `  --out adapter${task.certify ? " --certify" : ""}`
  );
}

const showAnswer = latest(() =>
  trying(problem, async () => {
    const text = sentence.value.trim();
    if (learned === undefined) return;
    const { labels } = learned.found;
    if (text === "") {
      fill(element("shares"), ...labels.map((label) => share(label, undefined, false)));
      return;
    }
    const answer = await worker.call("classify", [text]);
    fill(
      element("shares"),
      ...labels.map((label, i) => share(label, answer.probabilities[i], label === answer.label)),
    );
    const { label: prediction, scores } = answer;
    element("answer").textContent = JSON.stringify({ prediction, scores }, null, 2);
  }),
);

function share(label: string, probability: number | undefined, best: boolean): Html {
  const width = `--share: ${(100 * (probability ?? 0)).toFixed(1)}%`;
  return html`<li class="share${best ? " best" : ""}"><span class="share-name">${isolated(label)}</span>
<span class="bar-of" style="${width}" aria-hidden="true"></span>
<span class="share-value">${probability === undefined ? "–" : `${(100 * probability).toFixed(1)} %`}</span></li>`;
}

async function save(): Promise<void> {
  if (learned === undefined || chosen === undefined) return;
  const { from, task } = learned;
  const name = task.method === "few-shot" ? "classifier" : "adapter";
  const files = new Map(await worker.call("save", []));
  if (name === "classifier") addProgram(files, chosen.name, from);
  download(`${name}.zip`, archive(name, files), "application/zip");
}

showSettings();
readTyped();
