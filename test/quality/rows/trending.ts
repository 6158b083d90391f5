import type { Row } from "./row.js";

/** Recipes of the trending service. */
export const trendingRows: readonly Row[] = [
  {
    name: "trending-now-bursts",
    recipe: "aws-trending-now",
    protocol: "planted-bursts",
    gates: [
      { metric: "found_share", atLeast: 0.9, aim: 0.95, beats: { reference: "all" } },
      { metric: "false_share", atMost: 0.05, aim: 0.02 },
    ],
  },
];
