import type { ServerResponse } from "node:http";
import { storedAs } from "./file-route.js";
import { securityHeaders } from "./security-headers.js";

/** What a page may do: show itself. */
const HEADERS = securityHeaders("style-src 'unsafe-inline'", "img-src data:");

/** Sends a page that needs nothing else; `name` is what a browser stores it as. */
export function sendPage(response: ServerResponse, html: string, name: string): void {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(html),
    "content-disposition": `inline; ${storedAs(name)}`,
    "cache-control": "no-cache",
    ...HEADERS,
  });
  response.end(html);
}
