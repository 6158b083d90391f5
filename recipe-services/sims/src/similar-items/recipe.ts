import type { Hyperparameter, HyperparameterValues, RecipeDescriptor } from "@palate/recipe";
import { embeddingModel } from "../embedding/used-embedding.js";
import type { SimilarityOptions } from "../sims/similarity.js";
import { descriptor as sims, similarityOptions } from "../sims/recipe.js";

/** Choices of `aws-similar-items`. */
export interface SimilarItemsOptions {
  /** How co-interactions are counted, as in `aws-sims`. */
  readonly coInteractions: SimilarityOptions;
  /** Name of the operator's embedding model that reads texts; "" for none. */
  readonly embeddingModel: string;
  readonly idDimensions: number;
  readonly metadataDimensions: number;
  /** Interactions at which an item's own vector counts as much as what its metadata say. */
  readonly coldInteractions: number;
}

/** Amazon's two hidden dimensions first, then ours, then those of `aws-sims`, which counts the same way. */
const hyperparameters: readonly Hyperparameter[] = [
  {
    name: "item_id_hidden_dim",
    type: "integer",
    default: 64,
    minimum: 30,
    maximum: 200,
    tunable: true,
    description: "Length of the vector that says with what an item is seen. Amazon's default is 100.",
  },
  {
    name: "item_metadata_hidden_dim",
    type: "integer",
    default: 64,
    minimum: 30,
    maximum: 200,
    tunable: true,
    description: "Length of the vector that says what an item's metadata and texts are. Amazon's default is 100.",
  },
  {
    name: "cold_item_interactions",
    type: "continuous",
    default: 20,
    minimum: 0,
    maximum: 1000,
    tunable: true,
    description:
      "Number of interactions at which what was seen of an item counts as much as what its metadata let expect: an item " +
      "with none goes by its metadata alone.",
  },
  embeddingModel,
  ...sims.hyperparameters,
];

/** What `aws-similar-items` is. */
export const descriptor: RecipeDescriptor = {
  name: "aws-similar-items",
  type: "RELATED_ITEMS",
  description:
    "Items that people go on to after a given item, and items like it by what they are seen with and by their metadata and " +
    "texts. Items that are new or rare are found, and find others, by their metadata. Unknown items get popular items.",
  hyperparameters,
  requiresUser: false,
  requiresItem: true,
  excludesSeenByDefault: false,
  formatVersion: 1,
};

/** The hyperparameters in the model's terms. */
export function similarItemsOptions(values: HyperparameterValues): SimilarItemsOptions {
  return {
    coInteractions: similarityOptions(values),
    embeddingModel: String(values["embedding_model"]),
    idDimensions: Number(values["item_id_hidden_dim"]),
    metadataDimensions: Number(values["item_metadata_hidden_dim"]),
    coldInteractions: Number(values["cold_item_interactions"]),
  };
}
