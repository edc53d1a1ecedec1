// The worker: it fetches the model, learns, classifies and keeps the adapter, so that the page never
// waits. The model stays in the browser's cache, the adapter in the site's own folder (OPFS).
import {
  finetune,
  Lora,
  loadAdapter,
  loadEncoder,
  pageCache,
  saveAdapter,
  useAdapter,
} from "lowrank/lora";

const say = (status) => postMessage({ status });
const folder = async (options) =>
  (await navigator.storage.getDirectory()).getDirectoryHandle("adapter", options);

let model;
let adapter;
let adapted;

function use(next) {
  adapter = next;
  adapted = useAdapter(model, adapter);
}

const actions = {
  async load({ name, baseUrl }) {
    const onProgress = ({ file, bytes, totalBytes }) =>
      say(`${file}: ${Math.round((100 * bytes) / totalBytes)} %`);
    model = await loadEncoder.fromHub(name, { baseUrl, cache: pageCache(), onProgress });
    say("The model is here.");
  },

  async learn({ examples }) {
    const labels = [...new Set(examples.map(({ label }) => label))].sort();
    const numbered = examples.map(({ text, label }) => ({ text, label: labels.indexOf(label) }));
    const run = finetune(model, numbered, {
      method: new Lora(),
      task: { kind: "classification", labels },
      steps: 40,
      learningRate: "usual",
    });
    for (;;) {
      const { done, value } = run.next();
      if (done) {
        use(value.adapter());
        say("It has learned.");
        return;
      }
      say(`Step ${value.step} of ${value.totalSteps}, loss ${value.loss.toFixed(3)}`);
    }
  },

  async classify({ texts }) {
    const scores = adapted.predict(texts.map((text) => ({ text })));
    const { labels } = adapter.task;
    const answer = texts.map((text, i) => {
      const row = [...scores.row(i)];
      return `${labels[row.indexOf(Math.max(...row))]}: ${text}`;
    });
    postMessage({ answer, status: "Classified." });
  },

  async save() {
    const place = await folder({ create: true });
    for (const [name, bytes] of saveAdapter(adapter)) {
      const file = await (await place.getFileHandle(name, { create: true })).createWritable();
      await file.write(bytes);
      await file.close();
    }
    say("The adapter is saved.");
  },

  async open() {
    const files = new Map();
    for await (const [name, handle] of await folder()) {
      files.set(name, new Uint8Array(await (await handle.getFile()).arrayBuffer()));
    }
    use(loadAdapter(files, model.encoder.config.family));
    say("The adapter is here.");
  },
};

addEventListener("message", ({ data: { action, ...request } }) => {
  actions[action](request).catch((error) => say(`Error: ${error.message}`));
});
