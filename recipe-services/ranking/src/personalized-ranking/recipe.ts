import type { Hyperparameter, RankingDescriptor } from "@palate/recipe";
import { SEQUENCE_HYPERPARAMETERS } from "@palate/sequence";
import { LIST_HYPERPARAMETERS } from "../list-hyperparameters.js";

/** Amazon's, by their names; the sequence model's own are beside them where they mean something else. */
const OWN: readonly Hyperparameter[] = [
  {
    name: "hidden_dimension",
    type: "integer",
    default: 149,
    minimum: 32,
    maximum: 256,
    tunable: true,
    description: "Length of the vectors that stand for items and users; rounded up to a multiple of 16.",
  },
  {
    name: "bptt",
    type: "integer",
    default: 32,
    minimum: 2,
    maximum: 32,
    tunable: true,
    description: "Newest interactions of a user that the network looks at. The closed form beside it looks at more.",
  },
  {
    name: "recency_mask",
    type: "boolean",
    default: true,
    tunable: true,
    description:
      "Whether newer interactions count more in training than older ones: the newest one and a half times as much as those in the middle, the oldest half as much.",
  },
  {
    name: "min_user_history_length_percentile",
    type: "continuous",
    default: 0,
    minimum: 0,
    maximum: 1,
    tunable: false,
    description: "Users with shorter histories than this share of all users are left out of training.",
  },
  {
    name: "max_user_history_length_percentile",
    type: "continuous",
    default: 0.99,
    minimum: 0,
    maximum: 1,
    tunable: false,
    description:
      "Users with longer histories than this share of all users are left out of training: often robots and testers.",
  },
];

const REPLACED = new Set([...OWN.map(({ name }) => name), "max_sequence_length", "apply_recency_bias"]);

/** `aws-personalized-ranking`: as v2, with the hyperparameters of Amazon's recurrent model. */
export const descriptor: RankingDescriptor = {
  name: "aws-personalized-ranking",
  type: "PERSONALIZED_RANKING",
  description:
    "Puts a list of items in the order in which a user is likely to want them. Takes the hyperparameters of Amazon's older recipe: a wide model of short histories, without the users who did least and most. For new solutions prefer aws-personalized-ranking-v2.",
  hyperparameters: [
    ...OWN,
    ...SEQUENCE_HYPERPARAMETERS.filter(({ name }) => !REPLACED.has(name)),
    ...LIST_HYPERPARAMETERS,
  ],
  weighsEvents: true,
  formatVersion: 1,
};
