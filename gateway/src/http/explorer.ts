import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzipSync, gzip } from "node:zlib";
import { EXAMPLES, LOGO } from "./explorer-examples.js";

/** The page as it is sent. */
interface Page {
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** Serves the explorer: one self-contained page (9 MB, 2.5 MB on the wire) that works without internet. */
export class Explorer {
  #page: Promise<Page> | undefined;

  /** Whether a browser asks for a page (accepts HTML). */
  isPageRequest(request: IncomingMessage): boolean {
    return request.method === "GET" && (request.headers.accept?.includes("text/html") ?? false);
  }

  /** Sends the page, or 304 when the browser has it. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { gzipped, etag } = await (this.#page ??= buildPage());
    response.setHeader("etag", etag);
    response.setHeader("cache-control", "no-cache");
    response.setHeader("vary", "accept, accept-encoding");
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("x-frame-options", "DENY");
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304).end();
      return;
    }
    const compressed = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const body = compressed ? gzipped : gunzipSync(gzipped);
    if (compressed) response.setHeader("content-encoding", "gzip");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-length": body.length });
    response.end(body);
  }
}

/** Builds the page on first use: its 9 MB of script are not worth loading in a gateway that no browser visits. */
async function buildPage(): Promise<Page> {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  const options = {
    title: "Palate",
    endpoint: "/graphql",
    subscriptionsProtocol: "GRAPHQL_SSE" as const,
    subscriptionsEndpoint: "/graphql/stream",
    logo: LOGO,
    favicon: `data:image/svg+xml,${encodeURIComponent(LOGO)}`,
    shouldPersistHeaders: false,
    defaultTabs: EXAMPLES.map(({ query, variables }) => ({
      query,
      variables: variables === undefined ? null : JSON.stringify(variables, null, 2),
    })),
    defaultEditorToolsVisibility: "variables" as const,
    inputValueDeprecation: true,
    schemaDescription: true,
  };
  const html = renderGraphiQL(options);
  return {
    gzipped: await promisify(gzip)(html),
    etag: `"${createHash("sha256").update(html).digest("base64url").slice(0, 22)}"`,
  };
}
