/** What a recipe is, and what it is measured by. No input or output here. */
export {
  allowedValues,
  hyperparametersAsText,
  resolveHyperparameters,
  type BooleanHyperparameter,
  type CategoricalHyperparameter,
  type Hyperparameter,
  type HyperparameterValues,
  type NumericHyperparameter,
} from "./hyperparameters.js";
export type { History, ReplicaView } from "./replica-view.js";
export { filterInteractions, type AttributeColumn, type TrainingData } from "./training-data.js";
export type {
  Artifact,
  Checkpoint,
  Progress,
  Query,
  RankedItems,
  Reason,
  Recipe,
  RecipeDescriptor,
  RecipeType,
  ServingModel,
  TrainingInput,
  TrainingResult,
} from "./recipe.js";
