import type { Hyperparameter, HyperparameterValues } from "@palate/recipe";
import { GRU_DEFAULTS, type GruOptions } from "../gru/train-gru.js";

/** Widths are multiples of this: numbers that one SIMD instruction of the serving kernels takes. */
const LANES = 16;

/** All but `hidden_dimension`. */
const COMMON: readonly Hyperparameter[] = [
  {
    name: "bptt",
    type: "integer",
    default: 32,
    minimum: 2,
    maximum: 32,
    tunable: true,
    description:
      "Interactions that an error is traced back through (back-propagation through time). Histories count whole whatever it is.",
  },
  {
    name: "recency_mask",
    type: "boolean",
    default: true,
    tunable: true,
    description:
      "Whether newer interactions of the data set count more: the newest three times as much as the oldest. Otherwise all count the same.",
  },
  {
    name: "min_user_history_length_percentile",
    type: "continuous",
    default: 0,
    minimum: 0,
    maximum: 1,
    tunable: false,
    description: "Users with histories shorter than this percentile of all lengths are not learned from.",
  },
  {
    name: "max_user_history_length_percentile",
    type: "continuous",
    default: 0.99,
    minimum: 0,
    maximum: 1,
    tunable: false,
    description:
      "Users with histories longer than this percentile of all lengths, such as robots, are not learned from.",
  },
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
    name: "learning_rate",
    type: "continuous",
    default: GRU_DEFAULTS.learningRate,
    minimum: 0.00001,
    maximum: 0.1,
    tunable: true,
    description: "Peak step size of the optimiser.",
  },
  {
    name: "dropout",
    type: "continuous",
    default: GRU_DEFAULTS.dropout,
    minimum: 0,
    maximum: 0.9,
    tunable: true,
    description: "Share of inputs and states left out at random while training.",
  },
  {
    name: "item_dimension",
    type: "integer",
    default: GRU_DEFAULTS.width,
    minimum: 16,
    maximum: 256,
    tunable: true,
    description: "Length of the vectors that stand for items; rounded up to a multiple of 16.",
  },
];

/**
 * The hyperparameters of every recipe on the recurrent network: Amazon Personalize's of HRNN by name, default and range,
 * then those that Palate adds.
 * @param hiddenDimension default of `hidden_dimension`, by which Amazon's recipes differ
 */
export function hrnnHyperparameters(hiddenDimension: number): readonly Hyperparameter[] {
  return [
    {
      name: "hidden_dimension",
      type: "integer",
      default: hiddenDimension,
      minimum: 32,
      maximum: 256,
      tunable: true,
      description: "Units of the recurrent layer, which hold what is known of a user; rounded up to a multiple of 16.",
    },
    ...COMMON,
  ];
}

const roundUp = (value: number): number => LANES * Math.ceil(value / LANES);

/** What the hyperparameters say about the network. */
export function gruOptionsOf(values: HyperparameterValues): GruOptions {
  return {
    ...GRU_DEFAULTS,
    hidden: roundUp(values["hidden_dimension"] as number),
    width: roundUp(values["item_dimension"] as number),
    bptt: values["bptt"] as number,
    learningRate: values["learning_rate"] as number,
    dropout: values["dropout"] as number,
  };
}
