import type { Row } from "./row.js";

/** Recipes of the segments service. */
export const segmentsRows: readonly Row[] = [
  {
    name: "item-affinity-movielens-1m",
    recipe: "aws-item-affinity",
    data: "movielens-1m",
    protocol: "segments",
    options: ["--min-item-interactions", "0"],
    gates: [
      { metric: "hits_at_1_percent", atLeast: 7.7, aim: 8.5, beats: { reference: "most active users", factor: 1.15 } },
      { metric: "recall_at_1_percent", atLeast: 0.222, aim: 0.24, beats: { reference: "most active users" } },
    ],
  },
  {
    name: "item-attribute-affinity-movielens-1m",
    recipe: "aws-item-attribute-affinity",
    data: "movielens-1m",
    protocol: "segments",
    options: ["--min-item-interactions", "0"],
    gates: [
      { metric: "recall_at_1_percent", beats: { reference: "most active users", factor: 1.15 } },
      { metric: "hits_at_1_percent", beats: { reference: "most active users", factor: 1.15 } },
    ],
  },
  {
    name: "user-clustering-planted",
    recipe: "palate-user-clustering",
    protocol: "planted-clusters",
    gates: [
      { metric: "lowest_adjusted_rand_index", atLeast: 0.9 },
      { metric: "labels_right", atLeast: 1 },
    ],
  },
];
