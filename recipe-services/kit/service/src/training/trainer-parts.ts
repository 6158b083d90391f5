import type { Logger } from "@palate/host";
import type { DatasetServiceClient } from "@palate/proto/dataset";
import type { Recipe } from "@palate/recipe";
import type { Catalog, ModelStore } from "@palate/store";
import type { StartTrial } from "./trial-types.js";

/** What a trainer works with. */
export interface TrainerParts {
  readonly catalog: Catalog;
  readonly store: ModelStore;
  readonly datasets: DatasetServiceClient;
  readonly recipes: readonly Recipe[];
  readonly backend: "auto" | "native" | "wasm";
  readonly logger: Logger;
  /** Starts trials of versions that search for their configuration. */
  readonly startTrial: StartTrial;
  /** Aborted when the training is to stop. */
  readonly signal: AbortSignal;
}
