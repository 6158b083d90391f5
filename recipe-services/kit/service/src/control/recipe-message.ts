import {
  HyperparameterType,
  RecipeType as RecipeTypeMessage,
  type Recipe as RecipeMessage,
} from "@palate/proto/recipe";
import { requirementsOf, type Hyperparameter, type RecipeDescriptor, type RecipeType } from "@palate/recipe";

/** Recipe types as the API names them. */
export const RECIPE_TYPES: Readonly<Record<RecipeType, RecipeTypeMessage>> = {
  USER_PERSONALIZATION: RecipeTypeMessage.RECIPE_TYPE_USER_PERSONALIZATION,
  POPULAR_ITEMS: RecipeTypeMessage.RECIPE_TYPE_POPULAR_ITEMS,
  RELATED_ITEMS: RecipeTypeMessage.RECIPE_TYPE_RELATED_ITEMS,
  PERSONALIZED_RANKING: RecipeTypeMessage.RECIPE_TYPE_PERSONALIZED_RANKING,
  PERSONALIZED_ACTIONS: RecipeTypeMessage.RECIPE_TYPE_PERSONALIZED_ACTIONS,
  USER_SEGMENTATION: RecipeTypeMessage.RECIPE_TYPE_USER_SEGMENTATION,
};

const HYPERPARAMETER_TYPES: Readonly<Record<Hyperparameter["type"], HyperparameterType>> = {
  integer: HyperparameterType.HYPERPARAMETER_TYPE_INTEGER,
  continuous: HyperparameterType.HYPERPARAMETER_TYPE_CONTINUOUS,
  categorical: HyperparameterType.HYPERPARAMETER_TYPE_CATEGORICAL,
  boolean: HyperparameterType.HYPERPARAMETER_TYPE_BOOLEAN,
  text: HyperparameterType.HYPERPARAMETER_TYPE_TEXT,
};

/** A recipe as the API describes it. */
export function recipeMessage(recipe: RecipeDescriptor, service: string): RecipeMessage {
  return {
    name: recipe.name,
    type: RECIPE_TYPES[recipe.type],
    description: recipe.description,
    ...requirementsOf(recipe),
    service,
    hyperparameters: recipe.hyperparameters.map((parameter) => ({
      name: parameter.name,
      type: HYPERPARAMETER_TYPES[parameter.type],
      defaultValue: String(parameter.default),
      minimum: "minimum" in parameter ? parameter.minimum : undefined,
      maximum: "maximum" in parameter ? parameter.maximum : undefined,
      choices: parameter.type === "categorical" ? [...parameter.choices] : [],
      description: parameter.description,
      tunable: parameter.tunable,
    })),
  };
}
