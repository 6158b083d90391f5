import type { RecipeDirectory } from "../clients/recipe-directory.js";
import { VERSION_REPORTS } from "../public-paths.js";
import { fileRoute, type FileRoute } from "./file-route.js";
import { sendPage } from "./send-page.js";

/** Pages about solution versions. */
export function versionReportRoute(recipes: RecipeDirectory): FileRoute {
  return fileRoute(VERSION_REPORTS, "GROUP/SOLUTION/VERSION.html", ["GET", "HEAD"], async (names, response, signal) => {
    const [datasetGroup = "", solution = "", versionId = ""] = names;
    const { html } = await recipes.onSolution(datasetGroup, solution, signal, ({ control }) =>
      control.call(control.client.getSolutionVersionReport, { datasetGroup, solution, versionId }, signal),
    );
    sendPage(response, html, `${solution}-${versionId}.html`);
  });
}
