import type { Solution as SolutionMessage } from "@palate/proto/recipe";
import { Field, Float, InputType, ObjectType } from "type-graphql";
import { connectionType } from "./connection.js";
import { toGlobalId } from "./global-id.js";
import { NameValue, toPairs } from "./name-value.js";
import { Node } from "./node.js";
import { DateTime, JsonObject, ResourceStatus, timeOrNull } from "./scalars.js";
import { UserError } from "./user-error.js";

/** A recipe with its configuration. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "A recipe with its configuration for one dataset group. Training it makes solution versions.",
})
export class Solution implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("Solution", this.datasetGroup, this.name);
  }

  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "Its name, unique within the group." })
  name!: string;

  /** Its recipe. */
  @Field(() => String, { description: "Name of its recipe." })
  recipe!: string;

  /** Its settings. */
  @Field(() => [NameValue], { description: "Every hyperparameter with the value in force, by name." })
  hyperparameters!: NameValue[];

  /** Which events it trains on. */
  @Field(() => String, { nullable: true, description: "It trains on events of this type only; null means all." })
  eventType!: string | null;

  /** How large their value must be. */
  @Field(() => Float, {
    nullable: true,
    description: "It trains on events whose EVENT_VALUE is at least this; null means all.",
  })
  eventValueThreshold!: number | null;

  /** Where it is in its life. */
  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  /** Its newest version. */
  @Field(() => String, { nullable: true, description: "Id of its newest version; null before the first." })
  latestVersionId!: string | null;

  /** When it was created. */
  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  /** From the proto's message. */
  static from(message: SolutionMessage): Solution {
    return Object.assign(new Solution(), {
      datasetGroup: message.datasetGroup,
      name: message.name,
      recipe: message.recipe,
      hyperparameters: toPairs(message.hyperparameters),
      eventType: message.eventType || null,
      eventValueThreshold: message.eventValueThreshold ?? null,
      status: message.status,
      latestVersionId: message.latestVersionId || null,
      createdAt: timeOrNull(message.createdAtMs),
    });
  }
}

/** A page of solutions. */
export const SolutionConnection = connectionType(Solution, "Solution");

/** Input of createSolution. */
@InputType({ description: "Input of createSolution." })
export class CreateSolutionInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, {
    description: 'Unique within the group over all recipes; letters, digits, "-" and "_", 1 to 63 characters.',
  })
  name!: string;

  /** Its recipe. */
  @Field(() => String, {
    description: 'The recipe: its name ("aws-sims") or its ARN ("arn:aws:personalize:::recipe/aws-sims").',
  })
  recipe!: string;

  /** Its settings. */
  @Field(() => JsonObject, {
    nullable: true,
    description: 'Hyperparameters by name: {"min_cointeraction_count": 3}; the rest take their defaults. See recipe.',
  })
  hyperparameters?: Record<string, unknown> | null;

  /** Which events to train on. */
  @Field(() => String, { nullable: true, description: "Train on events of this type only; absent means all." })
  eventType?: string | null;

  /** How large their value must be. */
  @Field(() => Float, {
    nullable: true,
    description: "Train on events whose EVENT_VALUE is at least this; absent means all.",
  })
  eventValueThreshold?: number | null;
}

/** Payload of createSolution. */
@ObjectType({ simpleResolvers: true, description: "Payload of createSolution." })
export class CreateSolutionPayload {
  /** The solution. */
  @Field(() => Solution, { nullable: true, description: "The solution as stored; null when userErrors has entries." })
  solution?: Solution;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

/** Input of deleteSolution. */
@InputType({ description: "Input of deleteSolution." })
export class DeleteSolutionInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "The solution's name; its versions are deleted with it." })
  name!: string;
}
