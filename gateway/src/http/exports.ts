import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { notFound, PalateError, toPalateError } from "@palate/kit/errors";
import type { DatasetServiceClient } from "@palate/proto/dataset";
import type { ServiceLink } from "../clients/service-link.js";
import { decoded } from "./reports.js";
import { refuse, sendError } from "./send.js";

/** Paths of exports begin so. */
export const EXPORTS = "/exports/";

const TYPES: Readonly<Record<string, string>> = {
  csv: "text/csv; charset=utf-8",
  jsonl: "application/jsonl; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
};

/** Path of an export's file. */
export function exportPath(datasetGroup: string, jobName: string, fileName: string): string {
  return EXPORTS + [datasetGroup, jobName, fileName].map(encodeURIComponent).join("/");
}

/** Makes the handler of GET /exports/GROUP/JOB/FILE, which sends an export's file as it is stored. */
export function exportHandler(datasets: ServiceLink<DatasetServiceClient>) {
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const named = path.slice(EXPORTS.length).split("/").map(decoded);
    const [datasetGroup, jobName, fileName] = named;
    if (!datasetGroup || !jobName || !fileName || named.length > 3) {
      return refuse(request, response, 404, notFound("page", path, `Exports are at ${EXPORTS}GROUP/JOB/FILE.`));
    }
    if (request.method !== "GET") {
      response.setHeader("allow", "GET");
      return refuse(request, response, 405, new PalateError("unimplemented", "Fetch exports with GET."));
    }
    const left = new AbortController();
    response.once("close", () => left.abort());
    try {
      const asked = { datasetGroup, jobName };
      const { datasetExportJob: job } = await datasets.call(datasets.client.getDatasetExportJob, asked, left.signal);
      if (job?.fileName !== fileName) throw notFound("export", fileName, `That of "${jobName}" is ${job?.fileName}.`);
      const headers = {
        "content-type": TYPES[fileName.split(".").at(-1)!] ?? "application/octet-stream",
        "content-length": job.bytes,
        "content-disposition": `attachment; filename="${fileName.replace(/[^\w.-]/g, "_")}"`,
      };
      for await (const { data } of datasets.stream(datasets.client.readDatasetExport, asked, left.signal)) {
        if (!response.headersSent) response.writeHead(200, headers);
        if (!response.write(data)) await once(response, "drain", { signal: left.signal });
      }
      if (!response.headersSent) response.writeHead(200, headers);
      response.end();
    } catch (thrown) {
      if (left.signal.aborted) return;
      // Half a file must not look like a whole one.
      if (response.headersSent) response.destroy();
      else sendError(response, toPalateError(thrown));
    }
  };
}
