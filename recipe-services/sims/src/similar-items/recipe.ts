import type { Hyperparameter, HyperparameterValues, ItemDescriptor } from "@palate/recipe";
import { embeddingModel } from "../embedding/used-embedding.js";
import type { SimilarityOptions } from "../sims/similarity.js";
import { descriptor as sims, similarityOptions } from "../sims/recipe.js";

/** Hyperparameters of `aws-similar-items` in the model's terms. */
export interface SimilarItemsOptions {
  /** How co-interactions are counted, as in `aws-sims`. */
  readonly coInteractions: SimilarityOptions;
  /** Name of the operator's embedding model for texts; "" for none. */
  readonly embeddingModel: string;
  readonly idDimensions: number;
  readonly metadataDimensions: number;
  /** Interactions at which an item's own embedding weighs as much as the one that its metadata map to. */
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
    description: "Dimensions of the item embeddings learned from interactions. Amazon's default is 100.",
  },
  {
    name: "item_metadata_hidden_dim",
    type: "integer",
    default: 64,
    minimum: 30,
    maximum: 200,
    tunable: true,
    description: "Dimensions of the content vectors learned from metadata and texts. Amazon's default is 100.",
  },
  {
    name: "cold_item_interactions",
    type: "continuous",
    default: 20,
    minimum: 0,
    maximum: 1000,
    tunable: true,
    description:
      "Number of interactions at which an item's own embedding weighs as much as the one predicted from its metadata; for an " +
      "item without interactions only the metadata count.",
  },
  embeddingModel,
  ...sims.hyperparameters,
];

/** What `aws-similar-items` is. */
export const descriptor: ItemDescriptor = {
  name: "aws-similar-items",
  type: "RELATED_ITEMS",
  description:
    "Items that people go on to after a given item, and items similar to it by their embeddings and by their metadata and " +
    "texts. New and rare items are recommended, and have similar items, by their metadata. Unknown items get popular items.",
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
