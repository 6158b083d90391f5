import type { Hyperparameter, RecipeDescriptor } from "@palate/kit/recipe";

const hyperparameters: readonly Hyperparameter[] = [
  {
    name: "training_seconds",
    type: "integer",
    default: 300,
    minimum: 0,
    maximum: 86_400,
    tunable: false,
    description:
      "Seconds the network is trained for. The closed form comes first and serves after seconds; 0 leaves it at that. The learning rate's decay is tied to this time.",
  },
  {
    name: "hidden_dimension",
    type: "integer",
    default: 64,
    minimum: 16,
    maximum: 256,
    tunable: true,
    description: "Length of the vectors that stand for items and users; rounded up to a multiple of 16.",
  },
  {
    name: "max_sequence_length",
    type: "integer",
    default: 100,
    minimum: 2,
    maximum: 500,
    tunable: true,
    description: "Newest interactions of a user that the network looks at.",
  },
  {
    name: "learning_rate",
    type: "continuous",
    default: 0.008,
    minimum: 0.00001,
    maximum: 0.1,
    tunable: true,
    description: "Peak step size of the optimiser.",
  },
  {
    name: "dropout",
    type: "continuous",
    default: 0.2,
    minimum: 0,
    maximum: 0.9,
    tunable: true,
    description: "Share of activations left out at random while training.",
  },
];

/** `aws-user-personalization-v2`: what a user will want next, from the order of what they did. */
export const descriptor: RecipeDescriptor = {
  name: "aws-user-personalization-v2",
  type: "USER_PERSONALIZATION",
  description:
    "Recommends what a user is likely to want next from the order of their interactions: a closed-form ridge regression that serves within seconds, blended with a small neural network as it learns. New interactions count at once.",
  hyperparameters,
  requiresUser: true,
  requiresItem: false,
  excludesSeenByDefault: true,
  formatVersion: 1,
};
