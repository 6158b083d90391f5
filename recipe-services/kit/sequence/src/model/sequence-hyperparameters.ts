import type { Hyperparameter, HyperparameterValues } from "@palate/recipe";
import type { MixerOptions } from "../network/train-mixer.js";

/** The network's width is a multiple of this: numbers that one SIMD instruction of the serving kernels takes. */
const LANES = 16;

/** The hyperparameters of every recipe whose model is the sequence model. */
export const SEQUENCE_HYPERPARAMETERS: readonly Hyperparameter[] = [
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
    name: "network",
    type: "categorical",
    default: "auto",
    choices: ["auto", "mixer", "attention", "both"],
    tunable: false,
    description:
      "What the network looks back with. mixer: learned kernels of positions, which learn most in little time. attention: each earlier interaction counts by what it is and how long ago it was; a step takes half as long again or more. both: one after the other, half of the time each, their logits averaged where held-out interactions say that this is better; twice the memory and time of an answer. auto: the mixer; in long trainings both, from 1200 seconds on (180 on a graphics processor, 4800 with WebAssembly) and as many per million interactions.",
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
  {
    name: "apply_recency_bias",
    type: "boolean",
    default: false,
    tunable: false,
    description:
      "Whether newer interactions count more in training than older ones: the newest one and a half times as much as those in the middle, the oldest half as much. Worth it where tastes or the catalogue change.",
  },
  {
    name: "use_metadata",
    type: "boolean",
    default: true,
    tunable: false,
    description:
      "Whether the metadata of items takes part in their vectors. It helps where items have few interactions, and makes new items recommendable before the next training.",
  },
  {
    name: "use_request_time",
    type: "boolean",
    default: true,
    tunable: false,
    description:
      "Whether recommendations depend on how long after the user's last interaction they are asked for (the request's timestamp, or now). Data whose timestamps tell nothing, such as one for all, are trained without in any case.",
  },
  {
    name: "use_event_types",
    type: "boolean",
    default: true,
    tunable: false,
    description:
      "Whether the network is told what users did (EVENT_TYPE) with each item, where there are two types or more that are frequent.",
  },
  {
    name: "use_user_metadata",
    type: "boolean",
    default: true,
    tunable: false,
    description:
      "Whether the metadata of users takes part: values that are frequent, and numbers in ranges. Where that is better than popularity, by held-out first interactions, users with metadata but without interactions get recommendations of their own.",
  },
  {
    name: "use_context",
    type: "boolean",
    default: true,
    tunable: false,
    description:
      "Whether recommendations depend on the context that a request gives: values of the categorical columns of interactions, such as DEVICE. Requests may do without. Leave it off where a column is about the item or what came of it rather than the situation.",
  },
];

/** What the hyperparameters say about the network. */
export function mixerOptionsOf(hyperparameters: HyperparameterValues): Partial<MixerOptions> {
  return {
    width: LANES * Math.ceil((hyperparameters["hidden_dimension"] as number) / LANES),
    length: hyperparameters["max_sequence_length"] as number,
    learningRate: hyperparameters["learning_rate"] as number,
    dropout: hyperparameters["dropout"] as number,
  };
}
