import type { Hyperparameter, HyperparameterValues, SegmentDescriptor } from "@palate/recipe";
import type { ClusteringOptions } from "./model.js";

const hyperparameters: readonly Hyperparameter[] = [
  {
    name: "clusters",
    type: "integer",
    default: 0,
    minimum: 0,
    maximum: 200,
    tunable: false,
    description: "Number of clusters; 0 chooses the number from 2 to 16 with the highest silhouette.",
  },
  {
    name: "hidden_dimension",
    type: "integer",
    default: 32,
    minimum: 2,
    maximum: 256,
    tunable: true,
    description: "Dimensions of the embeddings of items and users.",
  },
];

/** What `palate-user-clustering` is. */
export const descriptor: SegmentDescriptor = {
  name: "palate-user-clustering",
  type: "USER_SEGMENTATION",
  description:
    "Clusters of users with similar preferences, each with a label from its most distinctive attributes. ListSegments lists " +
    "them, GetSegment gives a cluster's users, the most typical first. Clusters are found in training; their members are " +
    "live.",
  hyperparameters,
  segmentsBy: "segment",
  excludesSeenByDefault: false,
  formatVersion: 1,
};

/** The hyperparameters in the model's terms. */
export function clusteringOptions(values: HyperparameterValues): ClusteringOptions {
  return { clusters: Number(values["clusters"]), dimensions: Number(values["hidden_dimension"]) };
}
