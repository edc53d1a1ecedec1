// Models of the Hugging Face Hub, or of a server that has its routes: fetched, checked and kept.
import { describe, invalidValue, quote } from "../check/describe.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkInteger, checkPositive } from "../check/values.js";
import { FileError, FormatError } from "../formats/errors.js";
import type { ModelFiles } from "../formats/model-files.js";
import { readModelFiles } from "../formats/model-layout.js";
import { isModelPath } from "../formats/model-path.js";
import { isJsonObject, kindOf, parseJsonObject, unexpected } from "../formats/strict-json.js";
import { refuse } from "./check.js";

/**
 * Where downloaded files are kept: `folderCache` of lowrank/lora/node, `pageCache` in a page, or one
 * of your own.
 */
export interface ModelCache {
  /** A file, or the part of it that was written; undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Forgets a file, if it is there. */
  remove(path: string): Promise<void>;
}

export interface HubOptions {
  /** A branch, a tag or a commit. @defaultValue "main" */
  revision?: string;
  /** The server. @defaultValue "https://huggingface.co" */
  baseUrl?: string | URL;
  /** Keeps files between runs. @defaultValue none: everything is fetched */
  cache?: ModelCache;
  /**
   * Milliseconds within which an answer must begin, and each MiB of it arrive. @defaultValue 60000
   */
  timeout?: number;
  /** A model that is larger is refused. @defaultValue 4294967296 */
  maxBytes?: number;
  /** Told how much of a file has arrived. */
  onProgress?: (progress: HubProgress) => void;
}

export interface HubProgress {
  readonly file: string;
  readonly bytes: number;
  readonly totalBytes: number;
}

const checks: OptionChecks<HubOptions> = {
  revision(name, what, value) {
    if (isModelPath(value)) return;
    throw new RangeError(
      `${name}: ${what} is ${describe(value)}: it must be a branch, a tag or a commit`,
    );
  },
  baseUrl(name, what, value) {
    const url = URL.canParse(String(value)) ? new URL(value) : undefined;
    if (url?.protocol === "https:" || url?.protocol === "http:") return;
    throw invalidValue(
      name,
      what,
      value,
      "the address of a server, such as https://huggingface.co",
    );
  },
  cache(name, what, value) {
    const { read, write, remove } = Object(value) as Partial<ModelCache>;
    if ([read, write, remove].every((one) => typeof one === "function")) return;
    refuse(name, what, value, "{ read, write, remove }, as folderCache of lowrank/lora/node gives");
  },
  timeout: checkPositive,
  maxBytes: (name, what, value) => checkInteger(name, what, value, 1),
  onProgress(name, what, value) {
    if (typeof value !== "function") refuse(name, what, value, "a function");
  },
};

type Settings = Required<Omit<HubOptions, "cache" | "onProgress">> &
  Pick<HubOptions, "cache" | "onProgress">;

/** A model that could not be downloaded. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  constructor(
    readonly url: string,
    readonly reason: string,
    /** The server's status, or what went wrong: "timeout", "network". */
    readonly code: number | "timeout" | "network",
  ) {
    super(`${url}: ${reason}`);
  }
}

/** What the Hub says of a file. */
interface Entry {
  readonly size: number;
  /** The hash of its bytes, or of Git's blob with them. */
  readonly hash: { readonly algorithm: "SHA-256" | "SHA-1"; readonly hex: string };
}

/** Times that a file that breaks off is asked for. */
const attempts = 4;
const mebibyte = 2 ** 20;
/** The list of a model's files is not longer. */
const longestList = 16 * mebibyte;

/**
 * The files of a model on the Hub, each checked against the size and the hash that the Hub states.
 * Files that break off are gone on with by ranges; what has arrived is kept in the cache. A
 * revision is resolved to its commit first, so that all files are of one.
 *
 * @param name - such as "sentence-transformers/all-MiniLM-L6-v2".
 * @throws DownloadError when the server does not answer, in time or at all, or does not give a
 *   file; FormatError when what it gives is not what it states; FileError when the model has no
 *   files that are understood; RangeError or TypeError for options.
 */
export async function fetchModel(name: string, options: HubOptions = {}): Promise<ModelFiles> {
  const who = "fromHub";
  const read = checkedOptions(who, options, checks);
  const defaults = { revision: "main", baseUrl: "https://huggingface.co", timeout: 60_000 };
  const settings = { ...defaults, maxBytes: 2 ** 32, ...read };
  if (!isModelPath(name) || name.split("/").length > 2) {
    const wanted = 'the name of a model, such as "sentence-transformers/all-MiniLM-L6-v2"';
    throw invalidValue(who, "name", name, wanted);
  }
  const hub = new Hub(name, settings);
  const { commit, entries } = await hub.list();
  let total = 0;
  return readModelFiles({
    root: name,
    has: (path) => entries.has(path),
    async read(path) {
      const entry = entries.get(path);
      if (!entry) throw new FileError(`${name}/${path}`, "the model has no such file");
      total += entry.size;
      if (total > settings.maxBytes) {
        const limit = `maxBytes is ${settings.maxBytes}`;
        throw new FileError(name, `its files have ${total} bytes and more: ${limit}`);
      }
      return hub.file(commit, path, entry);
    },
  });
}

/** One model on one server. */
class Hub {
  constructor(
    readonly name: string,
    readonly settings: Settings,
  ) {}

  #url(path: string): string {
    return `${String(this.settings.baseUrl).replace(/\/+$/, "")}/${path}`;
  }

  /** The commit of the revision, and the files in it that can be named safely. */
  async list(): Promise<{ commit: string; entries: Map<string, Entry> }> {
    const { revision } = this.settings;
    const url = this.#url(
      `api/models/${this.name}/revision/${encodeURIComponent(revision)}?blobs=true`,
    );
    const { data, error } = await this.#receive(url, longestList);
    if (error) throw error;
    const { sha, siblings } = parseJsonObject(data, url);
    if (typeof sha !== "string" || !/^[0-9a-f]{40}$/.test(sha)) {
      throw unexpected(url, "sha", sha, "the commit, 40 hexadecimal digits");
    }
    if (!Array.isArray(siblings)) throw unexpected(url, "siblings", siblings, "a list of files");
    const entries = new Map<string, Entry>();
    for (const one of siblings) {
      const { rfilename: path } = Object(one) as { rfilename?: unknown };
      // Others, such as .gitattributes, do not belong to a model.
      if (isModelPath(path)) entries.set(path, entryOf(one, path, url));
    }
    return { commit: sha, entries };
  }

  /** A file, from the cache as far as it is there. */
  async file(commit: string, path: string, entry: Entry): Promise<Uint8Array> {
    const { cache } = this.settings;
    const key = `${this.name}/${commit}/${path}`;
    const kept = await cache?.read(key);
    if (kept?.length === entry.size && (await hashOf(kept, entry)) === entry.hash.hex) return kept;
    const begun = await cache?.read(`${key}.part`);
    const url = this.#url(`${this.name}/resolve/${commit}/${path}`);
    let data = begun !== undefined && begun.length < entry.size ? begun : new Uint8Array(0);
    for (let attempt = 1; data.length < entry.size; attempt++) {
      const keep = async (part: Uint8Array) => cache?.write(`${key}.part`, part);
      const got = await this.#receive(url, entry.size, data, { path, keep });
      data = got.data;
      if (data.length === entry.size) break;
      const is = `it broke off after ${data.length} of ${entry.size} bytes`;
      const error = got.error ?? new DownloadError(url, is, "network");
      if (attempt < attempts && mayHelp(error)) continue;
      if (data.length > 0) await keep(data);
      throw error;
    }
    const found = await hashOf(data, entry);
    // What is whole, or wrong, is not to be gone on with.
    await cache?.remove(`${key}.part`);
    if (found !== entry.hash.hex) {
      const { algorithm, hex } = entry.hash;
      throw new FormatError(url, `its ${algorithm} is ${found}: the Hub states ${hex}`);
    }
    await cache?.write(key, data);
    return data;
  }

  /**
   * What a server sends, behind what is there already. Where it breaks off there is an error
   * besides.
   *
   * @param size - of the whole; no more is read.
   * @param file - reported as it arrives, and kept as far as it has come each time that it
   *   has doubled: a page that is closed, or a process that is killed, loses about half of it at most.
   */
  async #receive(
    url: string,
    size: number,
    begun: Uint8Array = new Uint8Array(0),
    file?: { path: string; keep: (part: Uint8Array) => Promise<void> },
  ): Promise<{ data: Uint8Array; error?: DownloadError }> {
    const { timeout, onProgress } = this.settings;
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let late = false;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        late = true;
        control.abort();
      }, timeout);
    };
    const parts: Uint8Array[] = [];
    let length = 0;
    const joined = () => {
      const data = new Uint8Array(length);
      let at = 0;
      for (const part of parts) {
        data.set(part, at);
        at += part.length;
      }
      return data;
    };
    const failure = (error: unknown) =>
      late
        ? new DownloadError(
            url,
            `the server gave nothing, or too little, for ${timeout} ms`,
            "timeout",
          )
        : new DownloadError(url, `the connection broke: ${reasonOf(error)}`, "network");
    wait();
    try {
      const headers: Record<string, string> =
        begun.length > 0 ? { range: `bytes=${begun.length}-` } : {};
      let response: Response;
      try {
        response = await fetch(url, { headers, signal: control.signal });
      } catch (error) {
        return { data: begun, error: failure(error) };
      }
      const resumes = response.status === 206 && startOf(response) === begun.length;
      if (response.status !== 200 && !resumes) {
        await response.body?.cancel();
        // The range is not there: the whole file next.
        if (begun.length > 0 && (response.status === 416 || response.status === 206)) {
          return { data: new Uint8Array(0) };
        }
        const error = new DownloadError(url, statusText(response), response.status);
        return { data: begun, error };
      }
      if (resumes) parts.push(begun);
      length = resumes ? begun.length : 0;
      let mark = length;
      let kept = Math.max(length, mebibyte / 2);
      const reader = response.body?.getReader();
      for (;;) {
        let read: { done: boolean; value?: Uint8Array | undefined } | undefined;
        try {
          read = await reader?.read();
        } catch (error) {
          return { data: joined(), error: failure(error) };
        }
        const { done, value } = read ?? { done: true };
        if (done || !value) return { data: joined() };
        length += value.length;
        if (length > size) {
          const stated = file ? "which are stated" : "which no list of a model's files has";
          throw new FormatError(url, `it is longer than ${size} bytes, ${stated}`);
        }
        parts.push(value);
        if (file) onProgress?.({ file: file.path, bytes: length, totalBytes: size });
        if (length - mark < mebibyte) continue;
        mark = length;
        clearTimeout(timer);
        if (file && length >= 2 * kept && length < size) {
          await file.keep(joined());
          kept = length;
        }
        wait();
      }
    } finally {
      // Nothing more is read, whatever the server still has to say.
      control.abort();
      clearTimeout(timer);
    }
  }
}

/** Whether asking again may help: not where a server is slow, or says that there is nothing. */
function mayHelp({ code }: DownloadError): boolean {
  return code === "network" || (typeof code === "number" && code >= 500);
}

/** The first byte of a range that was sent. */
function startOf({ headers }: Response): number | undefined {
  const [, start] = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "") ?? [];
  return start === undefined ? undefined : Number(start);
}

function statusText({ status }: Response): string {
  switch (status) {
    case 401:
    case 403:
      return `the server refuses it (${status}): the model is not there, or not public`;
    case 404:
      return "the server has no such model, revision or file (404)";
    default:
      return `the server answers with status ${status}`;
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = Object(error) as { message?: unknown; cause?: { message?: unknown } };
  return String(cause?.message ?? message);
}

function entryOf(one: unknown, path: string, url: string): Entry {
  const { size: plain, blobId, lfs } = Object(one) as Record<string, unknown>;
  const { size: large, sha256 } = isJsonObject(lfs) ? lfs : {};
  const size = large ?? plain;
  const hex = lfs ? sha256 : blobId;
  if (!Number.isSafeInteger(size) || (size as number) < 0) {
    throw new FormatError(
      url,
      `the size of ${quote(path)} is ${kindOf(size)}: it must be a number`,
    );
  }
  if (typeof hex !== "string" || !(lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(hex)) {
    throw new FormatError(
      url,
      `the hash of ${quote(path)} is ${kindOf(hex)}: it must be SHA-256, or Git's`,
    );
  }
  return { size: size as number, hash: { algorithm: lfs ? "SHA-256" : "SHA-1", hex } };
}

/** In hexadecimal digits. Git hashes a file with its size before it. */
async function hashOf(bytes: Uint8Array, { hash }: Entry): Promise<string> {
  const start = new TextEncoder().encode(
    hash.algorithm === "SHA-1" ? `blob ${bytes.length}\0` : "",
  );
  const all = new Uint8Array(start.length + bytes.length);
  all.set(start);
  all.set(bytes, start.length);
  const digest = new Uint8Array(await crypto.subtle.digest(hash.algorithm, all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
