// Downloads, from a server on this machine that has the Hub's routes and may misbehave.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { folderCache } from "../../src/files/model-cache.js";
import { DownloadError, type HubOptions } from "../../src/lora/hub.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { temporaryFolder } from "../helpers/cli.js";
import { type Answer, blob, breakOff, commit, HubServer, large } from "../helpers/hub-server.js";
import { tinyModel } from "../helpers/text-models.js";

const { config, tokenizer, weights } = tinyModel();
const files: Record<string, Uint8Array> = {
  "config.json": config,
  "tokenizer.json": tokenizer!,
  "model.safetensors": weights.get("model.safetensors")!,
  ".gitattributes": new TextEncoder().encode("*.safetensors filter=lfs"),
};
const hub = new HubServer(files);
const folder = temporaryFolder();
let baseUrl = "";
beforeAll(async () => {
  await hub.start();
  ({ baseUrl } = hub);
});
afterAll(() => {
  hub.stop();
  folder.remove();
});
beforeEach(() => {
  hub.misbehave = () => false;
  hub.asked = [];
});
const load = (options: HubOptions = {}) =>
  loadEncoder.fromHub("some/model", { baseUrl, ...options });
test("a model of the Hub is the model of its folder, and files come from the commit", async () => {
  const seen: string[] = [];
  const model = await load({
    onProgress: ({ file, bytes, totalBytes }) => seen.push(`${file} ${bytes === totalBytes}`),
  });
  const own = loadEncoder(tinyModel());
  expect(model.embed([{ text: "abc" }]).data).toEqual(own.embed([{ text: "abc" }]).data);
  expect(hub.asked).toEqual([
    "main",
    "config.json",
    "tokenizer.json",
    "model.safetensors",
    "model.safetensors",
  ]);
  expect(seen).toContain("model.safetensors true");
});

test("the cache is read instead of the network, unless it was changed", async () => {
  const cache = folderCache(folder.at("cache"));
  await load({ cache });
  hub.asked = [];
  await load({ cache });
  expect(hub.asked).toEqual(["main"]);
  const path = folder.at("cache", "some", "model", commit, "tokenizer.json");
  expect(readFileSync(path)).toEqual(Buffer.from(files["tokenizer.json"]));
  writeFileSync(path, Buffer.from(files["tokenizer.json"]).fill(32, 0, 5));
  hub.asked = [];
  await load({ cache });
  expect(hub.asked).toEqual(["main", "tokenizer.json"]);
});

test("a body that breaks off is gone on with, and so is one of an earlier run", async () => {
  const bytes = files["model.safetensors"];
  hub.misbehave = (request, response, file) => {
    if (!large(file) || request.headers.range) return false;
    breakOff(response, bytes, 1000);
    return true;
  };
  await load();
  expect(hub.asked.filter((one) => one.startsWith("model"))).toContain(
    "model.safetensors bytes=1000-",
  );

  const cache = folderCache(folder.at("parts"));
  hub.misbehave = (request, response, file) => {
    if (!large(file)) return false;
    if (request.headers.range) response.writeHead(503).end();
    else breakOff(response, bytes, 700);
    return true;
  };
  await expect(load({ cache })).rejects.toThrow("status 503");
  hub.misbehave = () => false;
  hub.asked = [];
  await load({ cache });
  expect(hub.asked.filter((one) => one.startsWith("model"))[0]).toBe(
    "model.safetensors bytes=700-",
  );
});

test("what has arrived is kept while more comes: a process that is killed goes on", async () => {
  const cache = folderCache(folder.at("killed"));
  const bytes = new Uint8Array(5 * 2 ** 20).fill(7);
  const own = files["config.json"];
  files["config.json"] = bytes;
  const asked: string[] = [];
  // The answer stops before its end, and so does the run: what it would still write is refused.
  let killed = false;
  const mortal = {
    ...cache,
    write: async (path: string, part: Uint8Array) => {
      if (!killed) await cache.write(path, part);
    },
  };
  hub.misbehave = (request, response, file) => {
    if (file !== "config.json") return false;
    asked.push(request.headers.range ?? "all");
    if (asked.length > 1) return false;
    return response.write(bytes.subarray(0, 3 * 2 ** 20)) !== undefined;
  };
  try {
    const run = load({
      cache: mortal,
      timeout: 1000,
      onProgress: ({ bytes: count }) => {
        if (count === 3 * 2 ** 20) killed = true;
      },
    });
    await expect(run).rejects.toThrow("gave nothing, or too little, for 1000 ms");
    await expect(load({ cache })).rejects.toThrow("config.json");
    expect(asked[0]).toBe("all");
    const start = Number(/^bytes=(\d+)-$/.exec(asked[1])?.[1]);
    expect(start).toBeGreaterThanOrEqual(2 ** 20);
    const left = readdirSync(folder.at("killed", "some", "model", commit));
    expect(left.filter((name) => name.endsWith(".part"))).toEqual([]);
  } finally {
    files["config.json"] = own;
  }
});

test("what the caller's own functions throw is not the network's", async () => {
  const broken = () => {
    throw new Error("the caller's own");
  };
  await expect(load({ onProgress: broken })).rejects.toThrow("the caller's own");
});

test("a server without ranges starts again", async () => {
  const bytes = files["model.safetensors"];
  let times = 0;
  hub.misbehave = (_, response, file) => {
    if (!large(file)) return false;
    times += 1;
    if (times === 1) breakOff(response, bytes, 500);
    else response.end(bytes);
    return true;
  };
  await load();
  expect(times).toBe(2);
});

const refusals: [string, Answer, string][] = [
  [
    "gives other bytes",
    (_, r, file) => large(file) && !!r.end(Buffer.from(files[file]).fill(1)),
    "its SHA-256 is",
  ],
  [
    "gives another small file",
    (_, r, file) => file === "config.json" && !!r.end(Buffer.from(files[file]).fill(32, 0, 4)),
    "its SHA-1 is",
  ],
  [
    "gives too much",
    (_, r, file) =>
      file === "config.json" && !!r.end(Buffer.concat([files[file], Buffer.alloc(1)])),
    "it is longer than",
  ],
  [
    "always breaks off",
    (_, r, file) => large(file) && breakOff(r, files[file], 100),
    "the connection broke",
  ],
  [
    "has lost a file",
    (_, r, file) => file === "config.json" && !!r.writeHead(404).end(),
    "no such model",
  ],
  ["is closed", (_, r) => !!r.writeHead(401).end(), "the server refuses it (401)"],
  ["fails", (_, r) => !!r.writeHead(500).end(), "the server answers with status 500"],
  [
    "sends in circles",
    (q, r, file) => large(file) && !!r.writeHead(302, { location: q.url! }).end(),
    "redirect",
  ],
  ["says nothing", (_, __, file) => large(file), "gave nothing, or too little, for 300 ms"],
  [
    "stops in the middle",
    (_, r, file) => large(file) && r.write(files[file].subarray(0, 10)) !== undefined,
    "gave nothing, or too little, for 300 ms",
  ],
  [
    "gives a byte at a time",
    (_, r, file) => {
      if (!large(file)) return false;
      const drip = setInterval(() => r.write("x"), 20);
      r.on("close", () => clearInterval(drip));
      return true;
    },
    "gave nothing, or too little, for 300 ms",
  ],
  [
    "lists without end",
    (_, r, file) => file === "" && !!r.end(Buffer.alloc(2 ** 24 + 1, " ")),
    "it is longer than 16777216 bytes",
  ],
  ["lists nonsense", (_, r, file) => file === "" && !!r.end("[]"), "it must be"],
];

test.each(refusals)("a server that %s is refused in our words", async (_, answer, message) => {
  hub.misbehave = answer;
  // Short only where it is what ends the wait.
  const timeout = message.includes("300 ms") ? 300 : 20_000;
  await expect(load({ timeout })).rejects.toThrow(message);
});

test("a wrong hash leaves nothing in the cache that is believed", async () => {
  hub.misbehave = (_, response, file) =>
    large(file) && !!response.end(Buffer.from(files[file]).fill(1));
  const cache = folderCache(folder.at("wrong"));
  await expect(load({ cache })).rejects.toThrow("its SHA-256 is");
  const inside = readdirSync(folder.at("wrong", "some", "model", commit));
  expect(inside.filter((name) => name.startsWith("model"))).toEqual([]);
  hub.misbehave = () => false;
  await load({ cache });
});

/** Answers the list of files with changes. */
const lists = (change: (list: { sha: unknown; siblings: object[] }) => void): Answer => {
  return (_, response, file) => {
    if (file !== "") return false;
    const list = hub.listing();
    change(list);
    response.end(JSON.stringify(list));
    return true;
  };
};

test("what a server calls its files never leads out of the cache", async () => {
  const modules = (path: string) => {
    const list = [
      { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
      { idx: 1, name: "1", path, type: "sentence_transformers.models.Pooling" },
    ];
    return new TextEncoder().encode(JSON.stringify(list));
  };
  mkdirSync(folder.at("inside"), { recursive: true });
  for (const path of ["../../../out", "/etc", "a/../../../out", "..\\out", "con", ".git"]) {
    const bytes = modules(path);
    hub.misbehave = (request, response, file) => {
      if (file === "modules.json") return !!response.end(bytes);
      if (file.includes("out")) return !!response.end("{}");
      return lists(({ siblings }) => {
        siblings.push({ rfilename: "modules.json", size: bytes.length, blobId: blob(bytes) });
        siblings.push({
          rfilename: `${path}/config.json`,
          size: 2,
          blobId: blob(Buffer.from("{}")),
        });
      })(request, response, file);
    };
    await load({ cache: folderCache(folder.at("inside", "cache")) }).catch(() => {});
    expect(readdirSync(folder.at("inside"))).toEqual(["cache"]);
    expect(existsSync(folder.at("out"))).toBe(false);
  }
  hub.misbehave = lists((list) => {
    list.sha = "../../../out";
  });
  await expect(load()).rejects.toThrow("sha is");
  const cache = folderCache(folder.at("inside", "cache"));
  for (const path of ["../out", "/out", "a//b", "a/./b", "a\\b", "", "a/.b", "a:b", "nul.txt"]) {
    await expect(cache.write(path, new Uint8Array(1))).rejects.toThrow("inside the folder");
    await expect(cache.read(path)).rejects.toThrow("inside the folder");
  }
  expect(dirname(folder.at("inside", "cache"))).toBe(folder.at("inside"));
});

test("sizes and hashes must be stated, and a limit holds", async () => {
  const change = (key: string, value: unknown) =>
    lists(({ siblings }) => Object.assign(siblings[0], { [key]: value }));
  hub.misbehave = change("size", -1);
  await expect(load()).rejects.toThrow('the size of "config.json" is the number "-1"');
  hub.misbehave = change("blobId", "abc");
  await expect(load()).rejects.toThrow('the hash of "config.json" is the string "abc"');
  hub.misbehave = () => false;
  await expect(load({ maxBytes: 1000 })).rejects.toThrow("maxBytes is 1000");
  hub.misbehave = lists((list) => {
    list.siblings = list.siblings.slice(1);
  });
  await expect(load()).rejects.toThrow("some/model/config.json: the model has no such file");
});

test("options that are not right are refused before anything is asked", async () => {
  const wrong = (name: string, options: object) => loadEncoder.fromHub(name, options as HubOptions);
  const cases: [Promise<unknown>, string][] = [
    [wrong("../model", { baseUrl }), "name is"],
    [wrong("a/b/c", { baseUrl }), "name is"],
    [wrong("a/b", { baseUrl: "file:///etc" }), "baseUrl is"],
    [wrong("a/b", { baseUrl, revision: "../main" }), "revision is"],
    [wrong("a/b", { baseUrl, timeout: 0 }), "timeout is 0"],
    [wrong("a/b", { baseUrl, cache: "models" }), 'cache is "models"'],
    [wrong("a/b", { baseUrl, maxBytes: 0.5 }), "maxBytes is 0.5"],
    [wrong("a/b", { baseUrl, token: "x" }), 'there is no option "token"'],
  ];
  for (const [promise, message] of cases) await expect(promise).rejects.toThrow(message);
  expect(hub.asked).toEqual([]);
  await expect(loadEncoder.fromHub("no/model", { baseUrl })).rejects.toThrow(DownloadError);
});
