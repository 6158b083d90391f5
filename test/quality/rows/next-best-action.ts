import type { Row } from "./row.js";

/** Recipes of the next-best-action service. */
export const nextBestActionRows: readonly Row[] = [
  {
    name: "next-best-action-known-propensities",
    recipe: "aws-next-best-action",
    protocol: "actions",
    note: "the oracle knows every true propensity",
    gates: [
      { metric: "area_below_oracle", atMost: 0.02 },
      { metric: "expected_calibration_error", atMost: 0.03, aim: 0.01 },
      { metric: "area_under_the_curve", beats: { reference: "action's average" } },
    ],
  },
];
