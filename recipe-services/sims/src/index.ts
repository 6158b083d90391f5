/** The sims service's recipes. */
import type { Embedders } from "@palate/features";
import { itemRecipe, type ItemRecipe } from "@palate/recipe";
import { NO_MODELS } from "./embedding/model-folders.js";
import { descriptor as semanticDescriptor } from "./semantic-similarity/recipe.js";
import { load as loadSemantic } from "./semantic-similarity/serve.js";
import { train as trainSemantic } from "./semantic-similarity/train.js";
import { descriptor as similarItemsDescriptor } from "./similar-items/recipe.js";
import { load as loadSimilarItems } from "./similar-items/serve.js";
import { train as trainSimilarItems } from "./similar-items/train.js";
import { descriptor as simsDescriptor } from "./sims/recipe.js";
import { load as loadSims } from "./sims/serve.js";
import { train as trainSims } from "./sims/train.js";

/** `aws-sims`. */
export const sims = itemRecipe({ descriptor: simsDescriptor, train: trainSims, load: loadSims });

/** `aws-similar-items`, with the embedding models that there are. */
function similarItemsWith(embedders: Embedders): ItemRecipe {
  return itemRecipe({
    descriptor: similarItemsDescriptor,
    train: (input) => trainSimilarItems(input, embedders),
    load: (artifact, replica) => loadSimilarItems(artifact, replica, embedders),
  });
}

/** `aws-similar-items`, without embedding models. */
export const similarItems = similarItemsWith(NO_MODELS);

/** `aws-semantic-similarity`, with the embedding models that there are. */
function semanticSimilarityWith(embedders: Embedders): ItemRecipe {
  return itemRecipe({
    descriptor: semanticDescriptor,
    train: (input) => trainSemantic(input, embedders),
    load: (artifact, replica) => loadSemantic(artifact, replica, embedders),
  });
}

/** `aws-semantic-similarity`, without embedding models. */
export const semanticSimilarity = semanticSimilarityWith(NO_MODELS);

/** Everything this service offers, with the embedding models that there are. */
export function recipesWith(embedders: Embedders): readonly ItemRecipe[] {
  return [sims, similarItemsWith(embedders), semanticSimilarityWith(embedders)];
}

/** Everything this service offers, without embedding models. */
export const recipes: readonly ItemRecipe[] = [sims, similarItems, semanticSimilarity];
export { ModelFolders } from "./embedding/model-folders.js";
/** `options`: what this service can be told beside what every recipe service can. */
export { embeddingOptions, embeddingOptions as options } from "./embedding/options.js";
