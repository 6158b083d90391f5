import type { Hyperparameter, HyperparameterValues } from "@palate/recipe";
import type { RecencyOptions } from "./recency.js";

/** The hyperparameters of recency, which both affinity recipes have. */
export const recencyHyperparameters: readonly Hyperparameter[] = [
  {
    name: "recency_half_life",
    type: "integer",
    default: 10,
    minimum: 1,
    maximum: 10_000,
    tunable: true,
    description: "Number of interactions back in a history at which the weight of an interaction is half.",
  },
  {
    name: "recency_floor",
    type: "continuous",
    default: 0.05,
    minimum: 0.001,
    maximum: 1,
    tunable: true,
    description: "Weight of the oldest interactions, relative to 1 for the newest.",
  },
];

/** Recency in the model's terms. */
export function recencyOptions(values: HyperparameterValues): RecencyOptions {
  return { halfLife: Number(values["recency_half_life"]), floor: Number(values["recency_floor"]) };
}
