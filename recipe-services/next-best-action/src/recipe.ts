import type { HyperparameterValues, ActionDescriptor } from "@palate/recipe";

const DAY = 86_400;

/** The hyperparameters in the model's terms. */
export interface Settings {
  /** Seconds within which an action must be taken. */
  readonly periodSeconds: number;
  /** TAKEN events, and as many others, that an action needs to be given a propensity. */
  readonly minimumSupport: number;
  /** Length of the vectors by which features of users and actions are combined. */
  readonly factors: number;
  readonly regularization: number;
  readonly learningRate: number;
  /** How much actions with too few events are shown, 0 to 1. */
  readonly explorationWeight: number;
  /** The order of actions. */
  readonly ordering: "propensity" | "expected_value";
}

/** What `aws-next-best-action` is. */
export const descriptor: ActionDescriptor = {
  name: "aws-next-best-action",
  type: "PERSONALIZED_ACTIONS",
  description:
    "Actions that a user is most likely to take, with the probability that they do, from what users did about actions, their " +
    "attributes and their interactions with items. Actions that have expired, or must not be repeated yet, are excluded; " +
    "actions with too few events are explored. All of it is live: events, new actions and changed rules count in the next " +
    "answer.",
  hyperparameters: [
    {
      name: "action_optimization_period",
      type: "integer",
      default: 14,
      minimum: 1,
      maximum: 90,
      tunable: false,
      description: "Days within which a user must take an action for it to count as taken; Amazon allows 7 to 28.",
    },
    {
      name: "minimum_support",
      type: "integer",
      default: 50,
      minimum: 1,
      maximum: 100_000,
      tunable: false,
      description:
        "TAKEN events, and as many NOT_TAKEN and VIEWED ones, that an action needs within the six weeks before the newest " +
        "event. With fewer, its propensity is 0 and it is explored.",
    },
    {
      name: "factors",
      type: "integer",
      default: 8,
      minimum: 0,
      maximum: 64,
      tunable: true,
      description:
        "Dimensions of the latent vectors by which features of users and actions interact; 0 for none. The training also " +
        "chooses none where that predicts held-out data better.",
    },
    {
      name: "regularization",
      type: "continuous",
      default: 0.001,
      minimum: 0,
      maximum: 1,
      tunable: true,
      description: "L2 penalty of all weights; higher values shrink rare features more.",
    },
    {
      name: "learning_rate",
      type: "continuous",
      default: 0.1,
      minimum: 0.001,
      maximum: 1,
      tunable: true,
      description: "Learning rate of the first epoch; each further one has 0.6 times the rate.",
    },
    {
      name: "exploration_weight",
      type: "continuous",
      default: 0.3,
      minimum: 0,
      maximum: 1,
      tunable: false,
      description:
        "How much actions with too few events are shown to learn about them: 0 puts them last, 1 ranks a random draw from " +
        "the distribution of their propensity like the propensity of others. A request can override it.",
    },
    {
      name: "ordering",
      type: "categorical",
      default: "propensity",
      choices: ["propensity", "expected_value"],
      tunable: false,
      description:
        "Order of actions: by propensity, with VALUE as the tiebreaker as at Amazon, or by propensity times VALUE (1 where " +
        "there is none).",
    },
  ],
  needsInteractions: false,
  formatVersion: 1,
};

/** Settings from the values of the hyperparameters. */
export function settingsOf(values: HyperparameterValues): Settings {
  return {
    periodSeconds: Number(values["action_optimization_period"]) * DAY,
    minimumSupport: Number(values["minimum_support"]),
    factors: Number(values["factors"]),
    regularization: Number(values["regularization"]),
    learningRate: Number(values["learning_rate"]),
    explorationWeight: Number(values["exploration_weight"]),
    ordering: values["ordering"] === "expected_value" ? "expected_value" : "propensity",
  };
}
