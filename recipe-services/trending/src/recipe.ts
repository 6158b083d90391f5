import type { HyperparameterValues, ItemDescriptor } from "@palate/recipe";
import { INTERVAL_FORM, intervalSeconds, normalizeInterval } from "./interval.js";

/** The hyperparameters in the model's terms. */
export interface TrendSettings {
  /** Length of an interval. */
  readonly intervalSeconds: number;
  /** Fewest interactions in an interval with which an item can be trending. */
  readonly minimumSupport: number;
  /** How many times its usual rate an item must have reached with 99 % certainty. */
  readonly minimumRise: number;
}

/** What `aws-trending-now` is. */
export const descriptor: ItemDescriptor = {
  name: "aws-trending-now",
  type: "POPULAR_ITEMS",
  description:
    "Items whose interactions rise most from interval to interval, the same for everybody. Counted live: streamed events " +
    "and new items count at once, without training. Popular items follow the rising ones, and are the whole answer when " +
    "the last two intervals are empty.",
  hyperparameters: [
    {
      name: "trend_discovery_frequency",
      type: "text",
      default: "3 hours",
      form: INTERVAL_FORM,
      normalize: normalizeInterval,
      tunable: false,
      description:
        "Length of the interval over which interactions are compared: 30 minutes, 1 hour, 3 hours, 1 day, or any other " +
        "number of minutes, hours or days.",
    },
    {
      name: "minimum_support",
      type: "integer",
      default: 5,
      minimum: 1,
      maximum: 100_000,
      tunable: false,
      description: "Fewest interactions in an interval with which an item can be trending.",
    },
    {
      name: "minimum_rise",
      type: "continuous",
      default: 1.2,
      minimum: 1,
      maximum: 100,
      tunable: false,
      description:
        "How many times its usual number of interactions an item must have reached, with 99 % certainty, to be trending. " +
        "Lower values find weaker trends, and more false ones.",
    },
  ],
  requiresUser: false,
  requiresItem: false,
  excludesSeenByDefault: false,
  formatVersion: 1,
};

/** Settings from the values of the hyperparameters. */
export function trendSettings(values: HyperparameterValues): TrendSettings {
  return {
    intervalSeconds: intervalSeconds(String(values["trend_discovery_frequency"])),
    minimumSupport: Number(values["minimum_support"]),
    minimumRise: Number(values["minimum_rise"]),
  };
}
