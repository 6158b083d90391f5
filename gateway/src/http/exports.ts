import { notFound } from "@palate/host";
import type { DatasetServiceClient } from "@palate/proto/dataset";
import { once } from "node:events";
import type { ServiceLink } from "../clients/service-link.js";
import { EXPORTS } from "../public-paths.js";
import { fileRoute, storedAs, type FileRoute } from "./file-route.js";

const TYPES: Readonly<Record<string, string>> = {
  csv: "text/csv; charset=utf-8",
  jsonl: "application/jsonl; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
};

/** Exports' files as they are stored. */
export function exportRoute(datasets: ServiceLink<DatasetServiceClient>): FileRoute {
  return fileRoute(EXPORTS, "GROUP/JOB/FILE", ["GET"], async (names, response, asking) => {
    const [datasetGroup = "", jobName = "", fileName = ""] = names;
    const request = { datasetGroup, jobName };
    const { datasetExportJob: job } = await datasets.call(datasets.client.getDatasetExportJob, request, asking);
    if (job?.fileName !== fileName) throw notFound("export", fileName, `That of "${jobName}" is ${job?.fileName}.`);
    const headers = {
      "content-type": TYPES[fileName.split(".").at(-1)!] ?? "application/octet-stream",
      "content-length": job.bytes,
      "content-disposition": `attachment; ${storedAs(fileName)}`,
    };
    for await (const { data } of datasets.stream(datasets.client.readDatasetExport, request, asking)) {
      if (!response.headersSent) response.writeHead(200, headers);
      if (!response.write(data)) await once(response, "drain", { signal: asking.signal! });
    }
    if (!response.headersSent) response.writeHead(200, headers);
    response.end();
  });
}
