// A server on this machine with the Hub's routes, which may misbehave.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const commit = "0123456789abcdef0123456789abcdef01234567";
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** Git's hash of a file. */
export const blob = (bytes: Uint8Array) =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
export const large = (file: string) => file.endsWith(".safetensors");

export type Answer = (request: IncomingMessage, response: ServerResponse, file: string) => boolean;

/** Sends the first bytes and breaks the connection. */
export const breakOff = (
  response: ServerResponse,
  bytes: Uint8Array,
  count: number,
  headers = {},
) => {
  response.writeHead(200, { "content-length": bytes.length, ...headers });
  response.write(bytes.subarray(0, count), () => setTimeout(() => response.destroy(), 20));
  return true;
};

/** Serves a model's files as "some/model". */
export class HubServer {
  /** Every request: the last part of its address, and its range. */
  asked: string[] = [];
  /** What the server does instead of serving; false: nothing. */
  misbehave: Answer = () => false;
  baseUrl = "";
  readonly #server = createServer((request, response) => this.#answer(request, response));

  constructor(readonly files: Record<string, Uint8Array>) {}

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    this.baseUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** What the Hub says of its files. */
  listing() {
    return {
      sha: commit,
      siblings: Object.entries(this.files).map(([rfilename, { length: size }]) => {
        const bytes = this.files[rfilename];
        return large(rfilename)
          ? { rfilename, size, blobId: "0".repeat(40), lfs: { sha256: sha256(bytes), size } }
          : { rfilename, size, blobId: blob(bytes) };
      }),
    };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url!, "http://localhost");
    this.asked.push(`${pathname.split("/").at(-1)} ${request.headers.range ?? ""}`.trim());
    const file = /\/resolve\/[0-9a-f]+\/(.*)$/.exec(pathname)?.[1] ?? "";
    // Pages of any site may read, ranges among it.
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "content-range");
    if (this.misbehave(request, response, file)) return;
    if (pathname.startsWith("/api/models/some/model/revision/")) {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(this.listing()));
      return;
    }
    // As the Hub does: large files are elsewhere.
    if (pathname.startsWith("/some/model/") && large(file)) {
      response.writeHead(302, { location: `/cdn${pathname}` }).end();
      return;
    }
    serve(request, response, this.files[file]);
  }
}

function serve(request: IncomingMessage, response: ServerResponse, bytes?: Uint8Array) {
  if (!bytes) {
    response.writeHead(404).end("no");
    return;
  }
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (start > 0) {
    const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(206, { "content-range": range });
  }
  response.end(bytes.subarray(start));
}
