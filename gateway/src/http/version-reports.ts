import type { RecipeDirectory } from "../clients/recipe-directory.js";
import { fileRoute, pathOf, type FileRoute } from "./file-route.js";
import { sendPage } from "./send-page.js";

const PREFIX = "/reports/solution-versions/";

/** Path of the page about a solution version. */
export function versionReportPath(datasetGroup: string, solution: string, versionId: string): string {
  return `${pathOf(PREFIX, datasetGroup, solution, versionId)}.html`;
}

/** Pages about solution versions. */
export function versionReportRoute(recipes: RecipeDirectory): FileRoute {
  return fileRoute(PREFIX, "GROUP/SOLUTION/VERSION.html", ["GET", "HEAD"], async (names, response, signal) => {
    const [datasetGroup = "", solution = "", versionId = ""] = names;
    const { html } = await recipes.onSolution(datasetGroup, solution, signal, ({ control }) =>
      control.call(control.client.getSolutionVersionReport, { datasetGroup, solution, versionId }, signal),
    );
    sendPage(response, html, `${solution}-${versionId}.html`);
  });
}
