/** The user-personalization service's recipes. */
import type { Recipe } from "@palate/kit/recipe";
import { descriptor as hrnnMetadataDescriptor } from "./aws-hrnn-metadata/recipe.js";
import { load as loadHrnnMetadata } from "./aws-hrnn-metadata/serve.js";
import { train as trainHrnnMetadata } from "./aws-hrnn-metadata/train.js";
import { descriptor as hrnnDescriptor } from "./aws-hrnn/recipe.js";
import { load as loadHrnn } from "./aws-hrnn/serve.js";
import { train as trainHrnn } from "./aws-hrnn/train.js";
import { descriptor } from "./user-personalization-v2/recipe.js";
import { load } from "./user-personalization-v2/serve.js";
import { train } from "./user-personalization-v2/train.js";

/** `aws-user-personalization-v2`. */
export const userPersonalizationV2: Recipe = { descriptor, train, load };

/** `aws-hrnn`. */
export const hrnn: Recipe = { descriptor: hrnnDescriptor, train: trainHrnn, load: loadHrnn };

/** `aws-hrnn-metadata`. */
export const hrnnMetadata: Recipe = {
  descriptor: hrnnMetadataDescriptor,
  train: trainHrnnMetadata,
  load: loadHrnnMetadata,
};

/** Everything this service offers. */
export const recipes: readonly Recipe[] = [userPersonalizationV2, hrnn, hrnnMetadata];
