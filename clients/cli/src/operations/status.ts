import { operation } from "../api/operation.js";
import type { Dataset } from "./datasets.js";
import type { PageOf } from "./page.js";
import type { Campaign, TrainingProgress } from "./solutions.js";

/** A group with what is in it; a part is null where its service does not answer. */
export interface GroupStatus {
  readonly name: string;
  readonly status: string;
  readonly datasets: PageOf<Dataset> | null;
  readonly importJobs: PageOf<ImportStatus> | null;
  readonly solutions: PageOf<SolutionStatus> | null;
  readonly campaigns: PageOf<Campaign> | null;
}

/** An import in a word. */
interface ImportStatus {
  readonly jobName: string;
  readonly datasetType: string;
  readonly status: string;
  readonly rows: number;
  readonly progress: number;
  readonly failureReason: string | null;
}

/** A solution in a word. */
interface SolutionStatus {
  readonly name: string;
  readonly recipe: string;
  readonly latestVersion: {
    readonly versionId: string;
    readonly status: string;
    readonly failureReason: string | null;
    readonly trainingSeconds: number;
    readonly progress: Pick<TrainingProgress, "phase" | "fraction" | "secondsLeft"> | null;
  } | null;
}

/** Everything that is in a group. */
export const GROUP_STATUS = operation<{ datasetGroup: GroupStatus | null }, { name: string }>(`
query GroupStatus($name: String!) {
  datasetGroup(name: $name) {
    name status
    datasets(first: 10) {
      nodes { name datasetType schemaName status statistics { importedRows streamedRows bytes } }
    }
    importJobs(first: 10) { nodes { jobName datasetType status rows progress failureReason } }
    solutions(first: 100) {
      nodes {
        name recipe
        latestVersion { versionId status failureReason trainingSeconds progress { phase fraction secondsLeft } }
      }
    }
    campaigns(first: 100) { nodes { name solution recipe recipeType status servingVersionId } }
  }
}`);
