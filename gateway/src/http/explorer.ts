import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { gunzip } from "node:zlib";
import type { ExplorerPage } from "./explorer-page.js";

/** The thread that puts the page together: while it does, requests are answered. */
const BUILDER = new URL("./explorer-page.js", import.meta.url);

/** Serves the explorer: one self-contained page (9 MB, 2.5 MB on the wire) that works without internet. */
export class Explorer {
  #page: Promise<ExplorerPage> | undefined;
  #unpacked: Promise<Buffer> | undefined;

  /** Whether a browser asks for a page (accepts HTML). */
  isPageRequest(request: IncomingMessage): boolean {
    return request.method === "GET" && (request.headers.accept?.includes("text/html") ?? false);
  }

  /** Sends the page, or 304 when the browser has it. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { gzipped, etag, headers } = await this.#built();
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader("etag", etag);
    response.setHeader("cache-control", "no-cache");
    response.setHeader("vary", "accept, accept-encoding");
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304).end();
      return;
    }
    const compressed = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    // Unpacked once and kept: few ask for it, but each time would be 9 MB more and hold requests up.
    const body = compressed ? gzipped : await (this.#unpacked ??= promisify(gunzip)(gzipped));
    if (compressed) response.setHeader("content-encoding", "gzip");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-length": body.length });
    response.end(body);
  }

  /** Puts the page together on first use: its script is not worth loading in a gateway that no browser visits. */
  async #built(): Promise<ExplorerPage> {
    this.#page ??= buildPage();
    try {
      return await this.#page;
    } catch (thrown) {
      this.#page = undefined;
      throw thrown;
    }
  }
}

async function buildPage(): Promise<ExplorerPage> {
  const worker = new Worker(BUILDER);
  try {
    const [page] = (await once(worker, "message")) as [ExplorerPage];
    return page;
  } finally {
    await worker.terminate();
  }
}
