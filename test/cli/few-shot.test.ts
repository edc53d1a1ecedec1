// From the Hub to labels, and out again: download, classify --examples, onnx.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  cliPath,
  expectRefusal,
  lowrank,
  lowrankJson,
  type Outcome,
  temporaryFolder,
} from "../helpers/cli.js";
import { tinyModel } from "../helpers/text-models.js";

const folder = temporaryFolder();
const { at } = folder;
const { config, tokenizer, weights } = tinyModel();
const files = new Map([
  ["config.json", config],
  ["tokenizer.json", tokenizer!],
  ["model.safetensors", weights.get("model.safetensors")!],
]);
const commit = "a".repeat(40);
const asked: string[] = [];
const server = createServer(({ url }, response) => {
  asked.push(url!);
  if (url!.startsWith("/api/models/some/model/revision/main")) {
    const siblings = Array.from(files, ([rfilename, bytes]) => {
      const hash = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
      return { rfilename, size: bytes.length, blobId: hash };
    });
    response.end(JSON.stringify({ sha: commit, siblings }));
    return;
  }
  const bytes = files.get(url!.replace(`/some/model/resolve/${commit}/`, ""));
  if (bytes) response.end(bytes);
  else response.writeHead(404).end();
});
let baseUrl = "";

/** As `lowrank`, while the server of this process answers. */
const lowrankAsync = (args: string[], env = {}, cwd = ".") =>
  new Promise<Outcome>((done) => {
    const options = { env: { ...process.env, ...env }, cwd };
    execFile(process.execPath, [cliPath, ...args], options, (error, stdout, stderr) => {
      done({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const download = [
    "download",
    "some/model",
    "--out",
    at("model"),
    "--base-url",
    baseUrl,
    "--json",
  ];
  const { stdout, stderr, status } = await lowrankAsync(download);
  expect([status, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toEqual({
    ...{ name: "some/model", folder: at("model"), files: [...files.keys()].sort() },
  });
  const examples = ["abc abd", "bcd a", "dac b", "cab", "wxy", "xyz z", "zyx", "yw z"];
  const rows = examples.map((text, i) => `${text},${i < 4 ? "start" : "end"}`);
  writeFileSync(at("examples.csv"), ["text,kind", ...rows].join("\n"));
  writeFileSync(at("texts.csv"), ["text", "abd ca", "zzx y"].join("\n"));
});
afterAll(() => {
  server.close();
  folder.remove();
});

const where = () => [at("texts.csv"), "--model", at("model"), "--text-columns", "text"];
const learn = () => ["--examples", at("examples.csv"), "--label-column", "kind"];

test("a model is downloaded into a folder that the commands take, and once", async () => {
  for (const [name, bytes] of files)
    expect(readFileSync(at("model", name))).toEqual(Buffer.from(bytes));
  const gone = ["download", "no/model", "--out", at("none"), "--base-url", baseUrl];
  const { status, stderr } = await lowrankAsync(gone);
  expect(stderr).toMatch(/^lowrank download: [^\n]+no such model, revision or file \(404\)\n$/);
  expect(status).toBe(1);
  expect(existsSync(at("none"))).toBe(false);
  const wrong = await lowrankAsync(["download", "../model", "--out", at("none")]);
  expectRefusal(wrong, "lowrank download: ", 'name is "../model"');
});

test("a few labelled texts judge others, and the command says how well", () => {
  const { stdout, stderr, status } = lowrank(["classify", ...where(), ...learn()]);
  expect([status, stdout]).toEqual([0, "start\nend\n"]);
  expect(stderr).toMatch(
    /^lowrank classify: \d+ % of 8 examples right when left out, 50 % by guess/,
  );
  const json = JSON.parse(lowrank(["classify", ...where(), ...learn(), "--json"]).stdout);
  expect(json).toMatchObject({ task: "classification", labels: ["end", "start"] });
  expect(json.evidence.guess).toBe(0.5);
  expect(json.predictions.map(({ line }: { line: number }) => line)).toEqual([2, 3]);
  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(["classify", ...where(), ...args]), "lowrank classify: ", reason);
  refuse(["--examples", at("examples.csv")], "--examples and --label-column go together");
  refuse([...learn(), "--adapter", at("model")], "leave --adapter out");
  writeFileSync(at("few.csv"), "text,kind\nabc,a\nabd,a\nxyz,b\n");
  refuse(["--examples", at("few.csv"), "--label-column", "kind"], 'label "b" has 1 example');
});

test("--model takes the Hub's model of a name, once, and a folder of that name before it", async () => {
  const env = { HF_ENDPOINT: baseUrl, XDG_CACHE_HOME: at("cache") };
  const embed = (model: string, cwd = ".") => {
    const columns = ["--text-columns", "text", "--out", at("vectors.npy")];
    return lowrankAsync(["embed", at("texts.csv"), "--model", model, ...columns], env, cwd);
  };
  const own = await embed(at("model"));
  expect([own.status, own.stderr]).toEqual([0, ""]);
  const vectors = readFileSync(at("vectors.npy"));
  const of = await embed("some/model");
  expect(of.stderr).toMatch(/^lowrank embed: --model some\/model is the Hub's, [^\n]+\n$/);
  expect(of.status).toBe(0);
  expect(readFileSync(at("vectors.npy"))).toEqual(vectors);
  // What is kept is not asked for again.
  expect(existsSync(at("cache", "lowrank", "some", "model", commit, "model.safetensors"))).toBe(
    true,
  );
  const before = asked.length;
  expect((await embed("some/model")).status).toBe(0);
  expect(asked.slice(before)).toEqual(["/api/models/some/model/revision/main?blobs=true"]);

  mkdirSync(at("here", "some"), { recursive: true });
  cpSync(at("model"), at("here", "some", "model"), { recursive: true });
  const here = await embed("some/model", at("here"));
  expect([here.status, here.stderr]).toEqual([
    ...[0, "lowrank embed: --model some/model is the folder here, not a model of the Hub\n"],
  ]);
  expectRefusal(await embed("no/model"), "lowrank embed: ", "there is no such folder, and http");
  expectRefusal(await embed("./no/model"), "lowrank embed: ", "there is no such folder");
});

test("a model is written as ONNX, in the folders of transformers.js", () => {
  const { files } = lowrankJson(["onnx", "--model", at("model"), "--out", at("web")]);
  expect(files).toEqual(["onnx/model.onnx", "config.json", "tokenizer.json"]);
  for (const file of files) expect(existsSync(at("web", file))).toBe(true);
});
