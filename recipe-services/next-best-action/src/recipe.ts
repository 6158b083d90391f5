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
  /** How much actions that little is known of are shown, 0 to 1. */
  readonly explorationWeight: number;
  /** What actions are ordered by. */
  readonly ordering: "propensity" | "expected_value";
}

/** What `aws-next-best-action` is. */
export const descriptor: ActionDescriptor = {
  name: "aws-next-best-action",
  type: "PERSONALIZED_ACTIONS",
  description:
    "Actions that a user is most likely to take, with the probability that they do, from what users did about actions, their " +
    "attributes and their interactions with items. Actions that have expired, or that are not to be repeated yet, are left " +
    "out; actions that too little is known of are explored. All of it is live: events, new actions and changed rules count " +
    "in the next answer.",
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
        "event; with fewer its propensity is 0 and it is explored.",
    },
    {
      name: "factors",
      type: "integer",
      default: 8,
      minimum: 0,
      maximum: 64,
      tunable: true,
      description:
        "Length of the vectors that combine what is known of users with what is known of actions; 0 leaves them out, as " +
        "does the training itself where held-out data are predicted better without.",
    },
    {
      name: "regularization",
      type: "continuous",
      default: 0.001,
      minimum: 0,
      maximum: 1,
      tunable: true,
      description: "Pull of all weights to zero; more forgets rare features sooner.",
    },
    {
      name: "learning_rate",
      type: "continuous",
      default: 0.1,
      minimum: 0.001,
      maximum: 1,
      tunable: true,
      description: "Size of the steps in which the model is fitted.",
    },
    {
      name: "exploration_weight",
      type: "continuous",
      default: 0.3,
      minimum: 0,
      maximum: 1,
      tunable: false,
      description:
        "How much actions that too little is known of are shown to learn about them: 0 puts them last, 1 treats what may " +
        "be true of them like what is known of others. A request can say otherwise.",
    },
    {
      name: "ordering",
      type: "categorical",
      default: "propensity",
      choices: ["propensity", "expected_value"],
      tunable: false,
      description:
        "What actions are ordered by: their propensity, VALUE deciding between equal ones as Amazon does, or propensity " +
        "times VALUE (1 where there is none).",
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
