import type { ServerResponse } from "node:http";
import { storedAs } from "./file-route.js";

/** What a page may do: show itself. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/** Sends a page that needs nothing else; `name` is what a browser stores it as. */
export function sendPage(response: ServerResponse, html: string, name: string): void {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(html),
    "content-disposition": `inline; ${storedAs(name)}`,
    "content-security-policy": POLICY,
    "cache-control": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  response.end(html);
}
