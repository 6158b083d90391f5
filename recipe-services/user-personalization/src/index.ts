/** The user-personalization service's recipes. */
import { itemRecipe, type ItemRecipe } from "@palate/recipe";
import { trainSequenceRecipe as train } from "@palate/sequence";
import { descriptor as hrnnColdstartDescriptor } from "./aws-hrnn-coldstart/recipe.js";
import { load as loadHrnnColdstart } from "./aws-hrnn-coldstart/serve.js";
import { train as trainHrnnColdstart } from "./aws-hrnn-coldstart/train.js";
import { descriptor as hrnnMetadataDescriptor } from "./aws-hrnn-metadata/recipe.js";
import { load as loadHrnnMetadata } from "./aws-hrnn-metadata/serve.js";
import { train as trainHrnnMetadata } from "./aws-hrnn-metadata/train.js";
import { descriptor as hrnnDescriptor } from "./aws-hrnn/recipe.js";
import { load as loadHrnn } from "./aws-hrnn/serve.js";
import { train as trainHrnn } from "./aws-hrnn/train.js";
import { descriptor as explorerDescriptor } from "./aws-user-personalization/recipe.js";
import { load as loadExplorer } from "./aws-user-personalization/serve.js";
import { train as trainExplorer } from "./aws-user-personalization/train.js";
import { descriptor } from "./user-personalization-v2/recipe.js";
import { load } from "./user-personalization-v2/serve.js";

/** `aws-user-personalization-v2`. */
export const userPersonalizationV2 = itemRecipe({ descriptor, train, load });

/** `aws-user-personalization`. */
export const userPersonalization = itemRecipe({
  descriptor: explorerDescriptor,
  train: trainExplorer,
  load: loadExplorer,
});

/** `aws-hrnn`. */
export const hrnn = itemRecipe({ descriptor: hrnnDescriptor, train: trainHrnn, load: loadHrnn });

/** `aws-hrnn-metadata`. */
export const hrnnMetadata = itemRecipe({
  descriptor: hrnnMetadataDescriptor,
  train: trainHrnnMetadata,
  load: loadHrnnMetadata,
});

/** `aws-hrnn-coldstart`. */
export const hrnnColdstart = itemRecipe({
  descriptor: hrnnColdstartDescriptor,
  train: trainHrnnColdstart,
  load: loadHrnnColdstart,
});

/** Everything this service offers. */
export const recipes: readonly ItemRecipe[] = [
  userPersonalizationV2,
  userPersonalization,
  hrnn,
  hrnnMetadata,
  hrnnColdstart,
];
