// examples/page in Chromium: a model from a server with the Hub's routes, an adapter learned from
// typed sentences in a worker, kept, and found again by the page of the next day.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect } from "vitest";
import { breakOff, HubServer, large } from "../helpers/hub-server.js";
import { testWith } from "../helpers/needs.js";
import { tinyModel } from "../helpers/text-models.js";
import { chromiumPath } from "./browsers.mjs";
import { chromium, runInPage } from "./page.js";
import { bundle, createProject, type Project, removeProject } from "./project.js";

const example = (file: string) =>
  readFileSync(new URL(`../../examples/page/${file}`, import.meta.url), "utf8");
const { config, tokenizer, weights } = tinyModel();
const hub = new HubServer({
  "config.json": config,
  "tokenizer.json": tokenizer!,
  "model.safetensors": weights.get("model.safetensors")!,
});

let project: Project;
beforeAll(async () => {
  [project] = await Promise.all([createProject(), hub.start()]);
});
afterAll(async () => {
  hub.stop();
  await removeProject(project);
});

/** What a person does, twice: with the page as it opens, and after it was opened again. */
const person = (server: string) => `
  const element = (id) => document.getElementById(id);
  const type = (id, text) => { element(id).value = text; };
  const press = (id, until) => new Promise((resolve, reject) => {
    const watch = new MutationObserver(() => {
      const status = element("status").textContent;
      if (status.startsWith("Error")) reject(new Error(status));
      else if (status !== until) return;
      watch.disconnect();
      resolve();
    });
    watch.observe(element("status"), { childList: true });
    element(id).click();
  });
  const classify = async () => {
    type("texts", ["abc bca", "xyz zyx", "cab acb", "zzy yxz"].join("\\n"));
    await press("classify", "Classified.");
    return element("answer").textContent;
  };
  async function visit() {
    type("server", ${JSON.stringify(server)});
    type("model", "some/model");
    await press("load", "The model is here.");
    const before = sessionStorage.getItem("before");
    if (before !== null) {
      await press("open", "The adapter is here.");
      return JSON.stringify([before, await classify()]);
    }
    const examples = ["abc", "bca", "cab", "acb"].map((text) => "first: " + text)
      .concat(["xyz", "zyx", "yxz", "zzy"].map((text) => "last: " + text));
    type("examples", examples.join("\\n"));
    await press("learn", "It has learned.");
    sessionStorage.setItem("before", await classify());
    await press("save", "The adapter is saved.");
    location.reload();
    return new Promise(() => {});
  }
  globalThis.answer = visit();`;

const missing =
  process.env.LOWRANK_ALL_RUNTIMES || chromiumPath() ? undefined : "Chromium is not here";
testWith(missing)(
  "a page downloads a model, learns from typed sentences in a worker, and finds both again",
  async () => {
    await bundle(project, "text-worker.js", example("text-worker.js"));
    const scripts = {
      "/app.js": example("app.js"),
      "/text-worker.js": readFileSync(`${project.folder}/text-worker.js`),
    };
    // The first answer breaks off: the rest is asked for by its range.
    hub.misbehave = (request, response, file) => {
      const begins = large(file) && request.url!.startsWith("/cdn") && !request.headers.range;
      return begins && breakOff(response, hub.files[file], 1000);
    };
    const page = { html: example("index.html"), scripts };
    const [before, after] = JSON.parse(
      await runInPage(chromium, project, person(hub.baseUrl), {}, page),
    );
    expect(before.split("\n").map((line: string) => line.split(":")[0])).toEqual([
      ...["first", "last", "first", "last"],
    ]);
    expect(after).toBe(before);
    // The second time only whether there is a newer one.
    const { asked } = hub;
    expect(asked.filter((one) => one === "main").length).toBe(2);
    expect(asked.at(-1)).toBe("main");
    expect(asked.filter((one) => one.startsWith("model.safetensors"))).toEqual([
      ...["model.safetensors", "model.safetensors"],
      ...["model.safetensors bytes=1000-", "model.safetensors bytes=1000-"],
    ]);
  },
  120_000,
);
