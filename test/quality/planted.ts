import type { Recipe } from "@palate/kit/recipe";
import { runBursts } from "./bursts/measure-bursts.js";
import { runClusters } from "./clusters/measure-clusters.js";
import type { PlantedProtocol, QualityOptions } from "./options.js";

/** What a protocol that makes its own data found. */
export interface PlantedRun {
  /** Everything, for the results file. */
  readonly report: object;
  /** A table for people. */
  readonly text: string;
}

type Run = (recipe: Recipe, options: QualityOptions, say: (line: string) => void) => Promise<PlantedRun>;

/** How each protocol that needs no folder measures a recipe. */
export const PLANTED_RUNS: Readonly<Record<PlantedProtocol, Run>> = {
  "planted-bursts": runBursts,
  "planted-clusters": runClusters,
};
