import * as recipe from "@palate/proto/recipe";
import type { Hyperparameter as HyperparameterMessage, Recipe as RecipeMessage } from "@palate/proto/recipe";
import { Field, Float, ObjectType, registerEnumType } from "type-graphql";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { enumOrNull } from "../common/scalars.js";

export const RecipeType = {
  USER_PERSONALIZATION: recipe.RecipeType.RECIPE_TYPE_USER_PERSONALIZATION,
  POPULAR_ITEMS: recipe.RecipeType.RECIPE_TYPE_POPULAR_ITEMS,
  RELATED_ITEMS: recipe.RecipeType.RECIPE_TYPE_RELATED_ITEMS,
  PERSONALIZED_RANKING: recipe.RecipeType.RECIPE_TYPE_PERSONALIZED_RANKING,
  PERSONALIZED_ACTIONS: recipe.RecipeType.RECIPE_TYPE_PERSONALIZED_ACTIONS,
  USER_SEGMENTATION: recipe.RecipeType.RECIPE_TYPE_USER_SEGMENTATION,
} as const;
registerEnumType(RecipeType, {
  name: "RecipeType",
  description: "What a recipe produces and how it is asked; the names are Amazon Personalize's.",
  valuesConfig: {
    USER_PERSONALIZATION: { description: "Items for a user: recommendations with userId." },
    POPULAR_ITEMS: { description: "The same items for everybody: recommendations without userId and itemId." },
    RELATED_ITEMS: { description: "Items like an item: recommendations with itemId." },
    PERSONALIZED_RANKING: { description: "A list of items in the order a user would like." },
    PERSONALIZED_ACTIONS: { description: "Actions for a user: actionRecommendations." },
    USER_SEGMENTATION: { description: "Users with affinity to an item or attribute." },
  },
});

const HyperparameterType = {
  INTEGER: recipe.HyperparameterType.HYPERPARAMETER_TYPE_INTEGER,
  CONTINUOUS: recipe.HyperparameterType.HYPERPARAMETER_TYPE_CONTINUOUS,
  CATEGORICAL: recipe.HyperparameterType.HYPERPARAMETER_TYPE_CATEGORICAL,
  BOOLEAN: recipe.HyperparameterType.HYPERPARAMETER_TYPE_BOOLEAN,
  TEXT: recipe.HyperparameterType.HYPERPARAMETER_TYPE_TEXT,
} as const;
registerEnumType(HyperparameterType, {
  name: "HyperparameterType",
  description: "Type of a hyperparameter's value.",
  valuesConfig: {
    INTEGER: { description: "A whole number." },
    CONTINUOUS: { description: "A number." },
    CATEGORICAL: { description: "One of the choices." },
    BOOLEAN: { description: "true or false." },
    TEXT: { description: "A text of a form that the description gives." },
  },
});

@ObjectType({ simpleResolvers: true, description: "One setting of a recipe that createSolution accepts." })
export class Hyperparameter {
  @Field(() => String, { description: "Its name, Amazon Personalize's where it has one." })
  name!: string;

  @Field(() => HyperparameterType, { nullable: true, description: "Type of its value." })
  type!: number | null;

  @Field(() => String, { description: "Its default, as text." })
  defaultValue!: string;

  @Field(() => Float, { nullable: true, description: "Smallest value, inclusive; null when there is none." })
  minimum!: number | null;

  @Field(() => Float, { nullable: true, description: "Largest value, inclusive; null when there is none." })
  maximum!: number | null;

  @Field(() => [String], { description: "Values of a categorical one; empty for the others." })
  choices!: string[];

  @Field(() => String, { description: "What it does, with its unit." })
  description!: string;

  @Field(() => Boolean, { description: "Whether hyperparameter optimisation may vary it." })
  tunable!: boolean;

  /** From the proto's message. */
  static from(message: HyperparameterMessage): Hyperparameter {
    return {
      ...message,
      type: enumOrNull(message.type),
      minimum: message.minimum ?? null,
      maximum: message.maximum ?? null,
    };
  }
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "A way to recommend, offered by a recipe service.",
})
export class Recipe implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("Recipe", this.name);
  }

  @Field(() => String, { description: 'Amazon Personalize\'s name, for example "aws-sims".' })
  name!: string;

  @Field(() => String, { description: "Amazon Personalize's ARN of it, which is accepted wherever the name is." })
  arn!: string;

  @Field(() => RecipeType, { nullable: true, description: "What it produces and how it is asked." })
  type!: number | null;

  @Field(() => String, { description: "What it recommends, and from what." })
  description!: string;

  @Field(() => [Hyperparameter], { description: "Its hyperparameters with type, range, default and meaning." })
  hyperparameters!: Hyperparameter[];

  @Field(() => Boolean, { description: "Whether recommendations must name a user." })
  requiresUser!: boolean;

  @Field(() => Boolean, { description: "Whether recommendations must name an item." })
  requiresItem!: boolean;

  @Field(() => String, { description: "Name of the service that offers it." })
  service!: string;

  /** From the proto's message. */
  static from(message: RecipeMessage): Recipe {
    return Object.assign(new Recipe(), {
      name: message.name,
      arn: `arn:aws:personalize:::recipe/${message.name}`,
      type: enumOrNull(message.type),
      description: message.description,
      hyperparameters: message.hyperparameters.map(Hyperparameter.from),
      requiresUser: message.requiresUser,
      requiresItem: message.requiresItem,
      service: message.service,
    });
  }
}

/** A page of recipes. */
export const RecipeConnection = connectionType(Recipe, "Recipe");
