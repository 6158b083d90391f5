import type { DatasetServiceClient } from "@palate/proto/dataset";
import type { ServiceLink } from "../clients/service-link.js";
import { IMPORT_REPORTS } from "../public-paths.js";
import { fileRoute, type FileRoute } from "./file-route.js";
import { sendPage } from "./send-page.js";

/** Pages about imports. */
export function importReportRoute(datasets: ServiceLink<DatasetServiceClient>): FileRoute {
  return fileRoute(IMPORT_REPORTS, "GROUP/JOB.html", ["GET", "HEAD"], async (names, response, asking) => {
    const [datasetGroup = "", jobName = ""] = names;
    const { client } = datasets;
    const { html } = await datasets.call(client.getDataAnalysisReport, { datasetGroup, jobName }, asking);
    sendPage(response, html, `${datasetGroup}-${jobName}.html`);
  });
}
