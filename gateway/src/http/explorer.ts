import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { EXAMPLES, LOGO } from "./explorer-examples.js";
import { securityHeaders } from "./security-headers.js";

/** The page as it is sent. */
interface Page {
  readonly gzipped: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
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
    const { gzipped, etag, headers } = await (this.#page ??= buildPage());
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader("etag", etag);
    response.setHeader("cache-control", "no-cache");
    response.setHeader("vary", "accept, accept-encoding");
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304).end();
      return;
    }
    const compressed = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const body = compressed ? gzipped : await promisify(gunzip)(gzipped);
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
    headers: securityHeaders(
      `script-src ${hashesOf(html).join(" ")}`,
      // The editor makes its styles as it goes, and its workers from text that it holds.
      "style-src 'unsafe-inline'",
      "worker-src blob:",
      "font-src data:",
      "img-src data:",
      "connect-src 'self'",
    ),
  };
}

/** The scripts that the page has, so that no other runs in it, whatever names and values it shows. */
function hashesOf(html: string): string[] {
  const scripts = html.matchAll(/<script>([^]*?)<\/script>/g);
  return Array.from(scripts, ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
}
