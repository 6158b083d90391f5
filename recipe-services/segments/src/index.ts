/** The segments service's recipes. */
import type { SegmentRecipe } from "@palate/recipe";
import { evaluation as itemAffinityEvaluation } from "./item-affinity/evaluation.js";
import { descriptor as itemAffinityDescriptor } from "./item-affinity/recipe.js";
import { load as loadItemAffinity } from "./item-affinity/serve.js";
import { train as trainItemAffinity } from "./item-affinity/train.js";
import { evaluation as attributeAffinityEvaluation } from "./item-attribute-affinity/evaluation.js";
import { descriptor as attributeAffinityDescriptor } from "./item-attribute-affinity/recipe.js";
import { load as loadAttributeAffinity } from "./item-attribute-affinity/serve.js";
import { train as trainAttributeAffinity } from "./item-attribute-affinity/train.js";
import { evaluation as clusteringEvaluation } from "./user-clustering/evaluation.js";
import { descriptor as clusteringDescriptor } from "./user-clustering/recipe.js";
import { load as loadClustering } from "./user-clustering/serve.js";
import { train as trainClustering } from "./user-clustering/train.js";

/** `aws-item-affinity`. */
export const itemAffinity: SegmentRecipe = {
  descriptor: itemAffinityDescriptor,
  train: trainItemAffinity,
  load: loadItemAffinity,
  evaluation: itemAffinityEvaluation,
};

/** `aws-item-attribute-affinity`. */
export const itemAttributeAffinity: SegmentRecipe = {
  descriptor: attributeAffinityDescriptor,
  train: trainAttributeAffinity,
  load: loadAttributeAffinity,
  evaluation: attributeAffinityEvaluation,
};

/** `palate-user-clustering`. */
export const userClustering: SegmentRecipe = {
  descriptor: clusteringDescriptor,
  train: trainClustering,
  load: loadClustering,
  evaluation: clusteringEvaluation,
};

/** Everything this service offers. */
export const recipes: readonly SegmentRecipe[] = [itemAffinity, itemAttributeAffinity, userClustering];
