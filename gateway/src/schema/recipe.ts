import type { Hyperparameter as HyperparameterMessage, Recipe as RecipeMessage } from "@palate/proto/recipe";
import { Field, Float, ObjectType } from "type-graphql";
import { connectionType } from "./connection.js";
import { enumOrNull, HyperparameterType, RecipeType } from "./enums.js";
import { toGlobalId } from "./global-id.js";
import { Node } from "./node.js";

/** One hyperparameter of a recipe. */
@ObjectType({ simpleResolvers: true, description: "One setting of a recipe that createSolution accepts." })
export class Hyperparameter {
  /** Its name. */
  @Field(() => String, { description: "Its name, Amazon Personalize's where it has one." })
  name!: string;

  /** Type of its value. */
  @Field(() => HyperparameterType, { nullable: true, description: "Type of its value." })
  type!: number | null;

  /** Its default. */
  @Field(() => String, { description: "Its default, as text." })
  defaultValue!: string;

  /** Smallest value. */
  @Field(() => Float, { nullable: true, description: "Smallest value, inclusive; null when there is none." })
  minimum!: number | null;

  /** Largest value. */
  @Field(() => Float, { nullable: true, description: "Largest value, inclusive; null when there is none." })
  maximum!: number | null;

  /** Values of a categorical one. */
  @Field(() => [String], { description: "Values of a categorical one; empty for the others." })
  choices!: string[];

  /** What it does. */
  @Field(() => String, { description: "What it does, with its unit." })
  description!: string;

  /** Whether optimisation may vary it. */
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

/** A recipe. */
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

  /** Its name. */
  @Field(() => String, { description: 'Amazon Personalize\'s name, for example "aws-sims".' })
  name!: string;

  /** Amazon's ARN. */
  @Field(() => String, { description: "Amazon Personalize's ARN of it, which is accepted wherever the name is." })
  arn!: string;

  /** What it produces. */
  @Field(() => RecipeType, { nullable: true, description: "What it produces and how it is asked." })
  type!: number | null;

  /** What it does. */
  @Field(() => String, { description: "What it recommends, and from what." })
  description!: string;

  /** Its settings. */
  @Field(() => [Hyperparameter], { description: "Its hyperparameters with type, range, default and meaning." })
  hyperparameters!: Hyperparameter[];

  /** Whether a user is needed. */
  @Field(() => Boolean, { description: "Whether recommendations must name a user." })
  requiresUser!: boolean;

  /** Whether an item is needed. */
  @Field(() => Boolean, { description: "Whether recommendations must name an item." })
  requiresItem!: boolean;

  /** Who offers it. */
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
