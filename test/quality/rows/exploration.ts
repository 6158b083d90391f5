import type { Row } from "./row.js";

/** Recipes that explore. */
export const explorationRows: readonly Row[] = [
  {
    name: "exploration-simulated",
    recipe: "aws-user-personalization",
    protocol: "exploration",
    note: "simulated choices, the closed form",
    options: ["--set", "training_seconds=0"],
    gates: [
      { metric: "ndcg_loss", atMost: 0.05 },
      { metric: "least_coverage_gain", atLeast: 0.001 },
      { metric: "regret_to_epsilon_greedy", atMost: 1 },
    ],
  },
];
