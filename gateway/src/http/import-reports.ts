import type { IncomingMessage, ServerResponse } from "node:http";
import { notFound, PalateError, toPalateError } from "@palate/kit/errors";
import type { DatasetServiceClient } from "@palate/proto/dataset";
import type { ServiceLink } from "../clients/service-link.js";
import { decoded, sendPage } from "./reports.js";
import { refuse, sendError } from "./send.js";

/** Paths of pages about imports begin so. */
export const IMPORT_REPORTS = "/reports/imports/";

/** Path of the page about an import. */
export function importReportPath(datasetGroup: string, jobName: string): string {
  return `${IMPORT_REPORTS}${[datasetGroup, jobName].map(encodeURIComponent).join("/")}.html`;
}

/** Makes the handler of GET /reports/imports/GROUP/JOB.html. */
export function importReportHandler(datasets: ServiceLink<DatasetServiceClient>) {
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const named = path.slice(IMPORT_REPORTS.length).split("/").map(decoded);
    const [datasetGroup, file = ""] = named;
    const jobName = file.replace(/\.html$/, "");
    if (!datasetGroup || !jobName || named.length > 2) {
      const hint = `Reports are at ${IMPORT_REPORTS}GROUP/JOB.html.`;
      return refuse(request, response, 404, notFound("page", path, hint));
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return refuse(request, response, 405, new PalateError("unimplemented", "Fetch reports with GET."));
    }
    const left = new AbortController();
    response.once("close", () => left.abort());
    try {
      const { html } = await datasets.call(
        datasets.client.getDataAnalysisReport,
        { datasetGroup, jobName },
        left.signal,
      );
      sendPage(response, html, `${datasetGroup}-${jobName}.html`);
    } catch (thrown) {
      if (!left.signal.aborted) sendError(response, toPalateError(thrown));
    }
  };
}
