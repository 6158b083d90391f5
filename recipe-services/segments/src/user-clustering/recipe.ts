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
    description: "How many clusters; 0 finds the number from 2 to 16 that keeps users apart best.",
  },
  {
    name: "hidden_dimension",
    type: "integer",
    default: 32,
    minimum: 2,
    maximum: 256,
    tunable: true,
    description: "Length of the vectors that stand for items and users.",
  },
];

/** What `palate-user-clustering` is. */
export const descriptor: SegmentDescriptor = {
  name: "palate-user-clustering",
  type: "USER_SEGMENTATION",
  description:
    "Groups of users of alike taste, each with a label from the attributes that set it apart. ListSegments lists them, " +
    "GetSegment gives a group's users, the most typical first. Groups are found in training; who is in them is live.",
  hyperparameters,
  segmentsBy: "segment",
  excludesSeenByDefault: false,
  formatVersion: 1,
};

/** The hyperparameters in the model's terms. */
export function clusteringOptions(values: HyperparameterValues): ClusteringOptions {
  return { clusters: Number(values["clusters"]), dimensions: Number(values["hidden_dimension"]) };
}
