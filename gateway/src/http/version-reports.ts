import type { SolutionTable } from "../clients/solution-table.js";
import { VERSION_REPORTS } from "../public-paths.js";
import { fileRoute, type FileRoute } from "./file-route.js";
import { sendPage } from "./send-page.js";

/** Pages about solution versions. */
export function versionReportRoute(solutions: SolutionTable): FileRoute {
  return fileRoute(VERSION_REPORTS, "GROUP/SOLUTION/VERSION.html", ["GET", "HEAD"], async (names, response, asking) => {
    const [datasetGroup = "", solution = "", versionId = ""] = names;
    const { html } = await solutions.atService(datasetGroup, solution, asking, ({ control }) =>
      control.call(control.client.getSolutionVersionReport, { datasetGroup, solution, versionId }, asking),
    );
    sendPage(response, html, `${solution}-${versionId}.html`);
  });
}
