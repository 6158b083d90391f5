import type { Hyperparameter } from "@palate/recipe";

/** The hyperparameters of both recipes about the lists that will be ranked. */
export const LIST_HYPERPARAMETERS: readonly Hyperparameter[] = [
  {
    name: "list_source",
    type: "categorical",
    default: "popularity",
    choices: ["popularity", "uniform"],
    tunable: false,
    description:
      "What the lists to be ranked are like: as most lists, such as search results, they hold popular items more often (popularity), or any item of the catalogue is as likely to be in them (uniform). Rankings are fitted to such lists.",
  },
];
