/** The sims service's recipes. */
import type { Recipe } from "@palate/kit/recipe";
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
export const sims: Recipe = { descriptor: simsDescriptor, train: trainSims, load: loadSims };

/** `aws-similar-items`. */
export const similarItems: Recipe = {
  descriptor: similarItemsDescriptor,
  train: trainSimilarItems,
  load: loadSimilarItems,
};

/** `aws-semantic-similarity`. */
export const semanticSimilarity: Recipe = {
  descriptor: semanticDescriptor,
  train: trainSemantic,
  load: loadSemantic,
};

/** Everything this service offers. */
export const recipes: readonly Recipe[] = [sims, similarItems, semanticSimilarity];
