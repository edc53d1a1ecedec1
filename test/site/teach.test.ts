// Teach a tiny model, in a browser, beside the command on the same sentences.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { droppedFolder } from "../../site/teach/folder.js";
import { csvOf, parseSentences, sample, summaryOf } from "../../site/teach/sentences.js";
import { lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";
import { HubServer } from "../helpers/hub-server.js";
import { repository } from "../helpers/pages.js";
import { tinyModel, writeTinyModel } from "../helpers/text-models.js";
import { faultsLightAndDark, pickFolder, unreached } from "./browser.mjs";
import { type Site, walk } from "./walk.js";

const folder = temporaryFolder();
const { at } = folder;

/** In the letters that the tiny model knows. */
const typed = Array.from({ length: 12 }, (_, i) => {
  const letters = (i % 2 ? "abcdefgh" : "stuvwxyz").slice(i % 5);
  return `${i % 2 ? "yes" : "no"}, ${letters} "${letters.slice(0, 2)}", ${letters}`;
}).join("\n");
const question = "abc, hgf";

beforeAll(async () => {
  writeTinyModel(at("model"));
  writeFileSync(at("sentences.csv"), csvOf(parseSentences(typed)));
  writeFileSync(at("new.csv"), `text\n"${question}"\n`);
});
afterAll(folder.remove);

const opened = (page: Page) =>
  page.waitForFunction(() => document.querySelector("#opened")?.textContent?.includes("layers"));
const said = (page: Page, where: string, text: string) =>
  page.waitForFunction(
    ([place, words]) => document.querySelector(place)?.textContent?.includes(words),
    [where, text],
  );

async function openWithModel(site: Site, width = 1280) {
  const visited = await site.visit("teach.html", { width });
  await pickFolder(visited.page, "#folder input", at("model"));
  await opened(visited.page);
  await visited.page.fill("#sentences", typed);
  return visited;
}

/** As people do: Firefox's fill adds to the number that is there. */
async function setSteps(page: Page, steps: string): Promise<void> {
  await page.focus("#steps");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(steps);
}

async function learn(page: Page): Promise<void> {
  await page.click("#learn");
  await page.waitForSelector("#learned:not([hidden])");
  await page.fill("#sentence", question);
}

/** What the page says of the question, once it has been answered. */
async function answer(page: Page) {
  await said(page, "#answer", "scores");
  return JSON.parse((await page.textContent("#answer"))!);
}

const columns = ["--text-columns", "text"];
const labelled = [...columns, "--label-column", "label"];

/** What the command says of the question. */
function commandAnswers(...args: string[]) {
  const asked = ["classify", at("new.csv"), "--model", at("model"), ...columns, ...args, "--json"];
  const { predictions, ...rest } = JSON.parse(lowrank(asked).stdout);
  const [{ prediction, scores }] = predictions;
  return { answer: { prediction, scores }, rest };
}

/** What a downloaded program prints of the question, in a project that has the package. */
function programAnswers(files: Record<string, Uint8Array>): string {
  rmSync(at("classifier"), { recursive: true, force: true });
  mkdirSync(at("classifier/node_modules"), { recursive: true });
  symlinkSync(repository, at("classifier/node_modules/lowrank"));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);
  const args = [at("classifier/classifier.js"), at("model"), question];
  return execFileSync(process.execPath, args, { encoding: "utf8" });
}

walk(
  "a few-shot classifier has the digits of the command, and its download makes it again",
  async (site) => {
    const { page, problems, download } = await openWithModel(site);
    await learn(page);
    const files = unzipSync(await download("#save"));
    const printed = programAnswers(files);
    const downloadedCsv = at("classifier/sentences.csv");
    const command = commandAnswers("--examples", downloadedCsv, "--label-column", "label");
    expect(JSON.parse((await page.textContent("#json"))!)).toEqual(command.rest);
    expect(await answer(page)).toEqual(command.answer);
    const { prediction, scores } = command.answer;
    expect(printed).toBe(`${prediction} ${Math.max(...scores).toFixed(2)}\n`);
    expect(await faultsLightAndDark(page)).toEqual([]);
    expect(await unreached(page)).toEqual([]);
    expect(problems).toEqual([]);
  },
);

walk(
  "LoRA is trained to the adapter of the command, byte for byte, also after a stop",
  async (site) => {
    const { page, problems, download } = await openWithModel(site, 390);
    await page.check("[value=lora]");
    await setSteps(page, "2000");
    await page.click("#learn");
    await page.waitForSelector("#losses svg");
    await page.click("#progress button");
    await page.waitForSelector("#learn:enabled");
    expect(await page.isVisible("#learned")).toBe(false);

    await setSteps(page, "30");
    await learn(page);
    const args = ["--model", at("model"), "--train", at("sentences.csv"), ...labelled];
    const run = [...args, "--method", "lora", "--steps", "30", "--out", at("lora")];
    const { secondsPerStep, peakMemoryBytes, ...figures } = lowrankJson(["finetune", ...run]);
    expect(JSON.parse((await page.textContent("#json"))!)).toEqual(figures);
    expect(await answer(page)).toEqual(commandAnswers("--adapter", at("lora")).answer);
    expectFolder(unzipSync(await download("#save")), at("lora"));
    expect(await page.locator("#losses svg").count()).toBe(1);
    expect(await faultsLightAndDark(page)).toEqual([]);
    expect(await unreached(page)).toEqual([]);
    expect(problems).toEqual([]);
  },
);

walk("Deep LoRA is certified to the bytes of the command", async (site) => {
  const { page, problems, download } = await openWithModel(site);
  await page.check("[value=deep-lora]");
  await page.check("#certify");
  await setSteps(page, "8");
  await learn(page);
  const args = ["--model", at("model"), "--train", at("sentences.csv"), ...labelled];
  const run = [...args, "--method", "deep-lora", "--steps", "8", "--out", at("deep"), "--certify"];
  expect(JSON.parse((await page.textContent("#json"))!)).toEqual(lowrankJson(["finetune", ...run]));
  expect(await page.textContent("#plain")).toContain("with probability 95 %");
  expectFolder(unzipSync(await download("#save")), at("deep"));
  expect(await faultsLightAndDark(page)).toEqual([]);
  expect(problems).toEqual([]);
});

/** The files of an archive are those of a folder. */
function expectFolder(files: Record<string, Uint8Array>, path: string): void {
  const names = readdirSync(path);
  expect(Object.keys(files).sort()).toEqual(names.map((name) => `adapter/${name}`).sort());
  for (const name of names) {
    const same = Buffer.from(files[`adapter/${name}`]).equals(readFileSync(join(path, name)));
    expect([name, same]).toEqual([name, true]);
  }
}

walk("a model is fetched from the address that is entered, and from nowhere else", async (site) => {
  const { config, tokenizer, weights } = tinyModel();
  const hub = new HubServer({
    ...{ "config.json": config, "tokenizer.json": tokenizer!, "README.md": new Uint8Array(9) },
    "model.safetensors": weights.get("model.safetensors")!,
  });
  await hub.start();
  onTestFinished(() => hub.stop());
  const server = hub.baseUrl.replace("127.0.0.1", "localhost");
  const { page, problems } = await site.visit("teach.html");
  await page.fill("#server", server);
  await page.fill("#model-name", "some/model");
  await page.click("#fetch");
  await opened(page);
  expect(hub.asked).toEqual(
    ["main", "config.json", "tokenizer.json", "model.safetensors"].flatMap(
      // Large files are elsewhere: the second request is where the first one was sent on to.
      (name) => (name === "model.safetensors" ? [name, name] : [name]),
    ),
  );
  await page.fill("#sentences", typed);
  await learn(page);
  await answer(page);
  expect(hub.asked).toHaveLength(5);
  expect(problems.filter((problem) => !problem.startsWith(`asked for ${server}`))).toEqual([]);

  hub.misbehave = (_, response) => {
    response.writeHead(404).end();
    return true;
  };
  await page.click("#fetch");
  await said(page, "#model-problem", "no such model");
  expect(await page.isVisible("#learned")).toBe(false);
  const asked = problems.length;
  await page.fill("#server", "http://example.com");
  await page.click("#fetch");
  await said(page, "#model-problem", "must be an address with https");
  expect(problems).toHaveLength(asked);
});

walk("what is no model, and what are no labelled sentences, is refused in words", async (site) => {
  const { page, problems } = await site.visit("teach.html");
  await pickFolder(page, "#folder input", import.meta.dirname);
  await said(page, "#model-problem", "config.json");
  await pickFolder(page, "#folder input", at("model"));
  await opened(page);
  expect(await page.isDisabled("#learn")).toBe(true);
  await page.fill("#sentences", "yes, a\njust a sentence\n");
  await said(page, "#summary", "line 2 must be a label, a comma and a sentence");
  expect(await page.isDisabled("#learn")).toBe(true);
  await page.fill("#sentences", "yes, a\nyes, b\n");
  await page.click("#learn");
  await said(page, "#problem", "there must be 2 or more");
  await page.check("[value=lora]");
  await setSteps(page, "1.5");
  await page.click("#learn");
  await said(page, "#problem", "whole number");
  expect(problems).toEqual([]);
});

test("sentences are read as people type them and as spreadsheets write them", () => {
  expect(parseSentences('label,text\r\na, one, two\n\nb\t"say ""it"", now"\n')).toEqual([
    { label: "a", text: "one, two" },
    { label: "b", text: 'say "it", now' },
  ]);
  expect(parseSentences(csvOf(parseSentences(typed)))).toEqual(parseSentences(typed));
  expect(summaryOf(parseSentences(sample))).toBe("24 sentences: 8 account, 8 billing, 8 shipping.");
});

test("a folder that is dropped is read with all that is in it", async () => {
  const file = (name: string) => ({
    ...{ name, isDirectory: false },
    file: (done: (file: File) => void) => done(new File([], name)),
  });
  const directory = (name: string, inside: object[]) => ({
    ...{ name, isDirectory: true },
    createReader: () => {
      const parts = [inside.slice(0, 1), inside.slice(1), []];
      return { readEntries: (done: (some: object[]) => void) => done(parts.shift() ?? []) };
    },
  });
  const dropped = (entry: object) =>
    droppedFolder({ items: [{ webkitGetAsEntry: () => entry }] } as unknown as DataTransfer);
  const pooling = directory("1_Pooling", [file("config.json")]);
  const { name, files } = await dropped(directory("m", [file("modules.json"), pooling]));
  expect([name, ...files.keys()]).toEqual(["m", "modules.json", "1_Pooling/config.json"]);
  await expect(dropped(file("config.json"))).rejects.toThrow("drop the folder");
});
