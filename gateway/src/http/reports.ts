import type { IncomingMessage, ServerResponse } from "node:http";
import { notFound, PalateError, toPalateError } from "@palate/kit/errors";
import type { RecipeDirectory } from "../clients/recipe-directory.js";
import { refuse, sendError } from "./send.js";

/** Paths of pages about solution versions begin so. */
export const VERSION_REPORTS = "/reports/solution-versions/";

/** What a page may do: show itself. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/** Path of the page about a solution version. */
export function versionReportPath(datasetGroup: string, solution: string, versionId: string): string {
  return `${VERSION_REPORTS}${[datasetGroup, solution, versionId].map(encodeURIComponent).join("/")}.html`;
}

/** Sends a page that needs nothing else; `name` is what a browser stores it as. */
export function sendPage(response: ServerResponse, html: string, name: string): void {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(html),
    "content-disposition": `inline; filename="${name.replace(/[^\w.-]/g, "_")}"`,
    "content-security-policy": POLICY,
    "cache-control": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  response.end(html);
}

/** Makes the handler of GET /reports/solution-versions/GROUP/SOLUTION/VERSION.html. */
export function versionReportHandler(recipes: RecipeDirectory) {
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const named = path.slice(VERSION_REPORTS.length).split("/").map(decoded);
    const [datasetGroup, solution, file = ""] = named;
    const versionId = file.replace(/\.html$/, "");
    if (!datasetGroup || !solution || !versionId || named.length > 3)
      return refuse(
        request,
        response,
        404,
        notFound("page", path, `Reports are at ${VERSION_REPORTS}GROUP/SOLUTION/VERSION.html.`),
      );
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return refuse(request, response, 405, new PalateError("unimplemented", "Fetch reports with GET."));
    }
    const left = new AbortController();
    response.once("close", () => left.abort());
    try {
      const { html } = await recipes.onSolution(datasetGroup, solution, left.signal, ({ control }) =>
        control.call(control.client.getSolutionVersionReport, { datasetGroup, solution, versionId }, left.signal),
      );
      sendPage(response, html, `${solution}-${versionId}.html`);
    } catch (thrown) {
      if (!left.signal.aborted) sendError(response, toPalateError(thrown));
    }
  };
}

/** A part of a path as text; what is not well encoded names nothing. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
