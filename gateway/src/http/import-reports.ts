import type { DatasetServiceClient } from "@palate/proto/dataset";
import type { ServiceLink } from "../clients/service-link.js";
import { fileRoute, pathOf, type FileRoute } from "./file-route.js";
import { sendPage } from "./send-page.js";

const PREFIX = "/reports/imports/";

/** Path of the page about an import. */
export function importReportPath(datasetGroup: string, jobName: string): string {
  return `${pathOf(PREFIX, datasetGroup, jobName)}.html`;
}

/** Pages about imports. */
export function importReportRoute(datasets: ServiceLink<DatasetServiceClient>): FileRoute {
  return fileRoute(PREFIX, "GROUP/JOB.html", ["GET", "HEAD"], async (names, response, signal) => {
    const [datasetGroup = "", jobName = ""] = names;
    const { client } = datasets;
    const { html } = await datasets.call(client.getDataAnalysisReport, { datasetGroup, jobName }, signal);
    sendPage(response, html, `${datasetGroup}-${jobName}.html`);
  });
}
