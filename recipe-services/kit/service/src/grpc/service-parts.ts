import type { Logger } from "@palate/host";
import type { Recipe } from "@palate/recipe";
import type { Catalog, ModelStore } from "@palate/store";
import type { BatchJobs } from "../batch/batch-jobs.js";
import type { ControlPlane } from "../control/control-plane.js";
import type { ClickThrough } from "../observing/click-through.js";
import type { ServingHub } from "../serving/serving-hub.js";

/** What the gRPC services share. */
export interface ServiceParts {
  readonly name: string;
  readonly recipes: readonly Recipe[];
  readonly catalog: Catalog;
  readonly store: ModelStore;
  readonly control: ControlPlane;
  readonly hub: ServingHub;
  readonly batch: BatchJobs;
  readonly clicks: ClickThrough;
  readonly logger: Logger;
}
