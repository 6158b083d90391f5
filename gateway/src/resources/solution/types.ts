import type { Solution as SolutionMessage } from "@palate/proto/recipe";
import { Field, Float, InputType, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { NameValue, toPairs } from "../common/name-value.js";
import { Node } from "../common/node.js";
import { DateTime, JsonObject, ResourceStatus, timeOrNull } from "../common/scalars.js";
import { EventsConfig, OptimizationObjective } from "./emphasis.js";
import { AutoMlConfig, HpoConfig } from "./tuning.js";

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

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Its name, unique within the group." })
  name!: string;

  @Field(() => String, { description: "Name of its recipe." })
  recipe!: string;

  @Field(() => [NameValue], { description: "Every hyperparameter with the value in force, by name." })
  hyperparameters!: NameValue[];

  @Field(() => String, { nullable: true, description: "It trains on events of this type only; null means all." })
  eventType!: string | null;

  @Field(() => Float, {
    nullable: true,
    description: "It trains on events whose EVENT_VALUE is at least this; null means all.",
  })
  eventValueThreshold!: number | null;

  @Field(() => EventsConfig, {
    nullable: true,
    description: "Which events it trains on and how much each type counts; null means all alike.",
  })
  eventsConfig!: EventsConfig | null;

  @Field(() => OptimizationObjective, {
    nullable: true,
    description: "What it makes much of beside relevance; null means nothing.",
  })
  optimizationObjective!: OptimizationObjective | null;

  @Field(() => HpoConfig, {
    nullable: true,
    description: "How each training looks for good hyperparameters first; null when they are given.",
  })
  hpoConfig!: HpoConfig | null;

  @Field(() => AutoMlConfig, {
    nullable: true,
    description: 'How each training chooses the recipe first, whose name is "auto" here; null when it is given.',
  })
  autoMlConfig!: AutoMlConfig | null;

  @Field(() => String, {
    nullable: true,
    description: 'How often it trains by itself: "rate(7 days)"; null when it does not.',
  })
  schedulingExpression!: string | null;

  @Field(() => Boolean, {
    description:
      "Whether it trains anew by itself after users or items were deleted whose data its newest version learnt from.",
  })
  retrainAfterDeletion!: boolean;

  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  @Field(() => String, { nullable: true, description: "Id of its newest version; null before the first." })
  latestVersionId!: string | null;

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
      eventsConfig: EventsConfig.from(message.eventsConfig),
      optimizationObjective: OptimizationObjective.from(message.optimizationObjective),
      hpoConfig: message.performHpo ? HpoConfig.from(message.hpoConfig) : null,
      autoMlConfig: message.performAutoMl ? AutoMlConfig.from(message.autoMlConfig) : null,
      schedulingExpression: message.schedulingExpression || null,
      retrainAfterDeletion: message.retrainAfterDeletion,
      status: message.status,
      latestVersionId: message.latestVersionId || null,
      createdAt: timeOrNull(message.createdAtMs),
    });
  }
}

/** A page of solutions. */
export const SolutionConnection = connectionType(Solution, "Solution");

@InputType({ description: "Input of createSolution." })
export class CreateSolutionInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, {
    description: 'Unique within the group over all recipes; letters, digits, "-" and "_", 1 to 63 characters.',
  })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The recipe: its name ("aws-sims") or its ARN ("arn:aws:personalize:::recipe/aws-sims"). Left out with performAutoML.',
  })
  recipe?: string | null;

  @Field(() => JsonObject, {
    nullable: true,
    description: 'Hyperparameters by name: {"min_cointeraction_count": 3}; the rest take their defaults. See recipe.',
  })
  hyperparameters?: Record<string, unknown> | null;

  @Field(() => String, { nullable: true, description: "Train on events of this type only; absent means all." })
  eventType?: string | null;

  @Field(() => Float, {
    nullable: true,
    description: "Train on events whose EVENT_VALUE is at least this; absent means all.",
  })
  eventValueThreshold?: number | null;

  @Field(() => EventsConfig, {
    nullable: true,
    description:
      "Which events to train on and how much each type counts; not beside eventType or eventValueThreshold. Absent means all alike.",
  })
  eventsConfig?: EventsConfig | null;

  @Field(() => OptimizationObjective, {
    nullable: true,
    description: "What to make much of beside relevance; absent means nothing.",
  })
  optimizationObjective?: OptimizationObjective | null;

  @Field(() => Boolean, { defaultValue: false, description: "Look for good hyperparameters in each training." })
  performHPO!: boolean;

  @Field(() => HpoConfig, { nullable: true, description: "How to look for them; absent means with the defaults." })
  hpoConfig?: HpoConfig | null;

  @Field(() => Boolean, { defaultValue: false, description: "Choose the recipe in each training." })
  performAutoML!: boolean;

  @Field(() => AutoMlConfig, { nullable: true, description: "How to choose; absent means with the defaults." })
  autoMlConfig?: AutoMlConfig | null;

  @Field(() => Boolean, { defaultValue: false, description: "Train by itself: at once, and then again and again." })
  performAutoTraining!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'How often: "rate(7 days)", "rate(12 hours)", from 1 hour to 365 days; absent means every 7 days.',
  })
  schedulingExpression?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Train anew by itself after users or items were deleted whose data the newest version learnt from.",
  })
  retrainAfterDeletion!: boolean;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createSolution." })
export class CreateSolutionPayload {
  @Field(() => Solution, { nullable: true, description: "The solution as stored; null when userErrors has entries." })
  solution?: Solution;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

@InputType({ description: "Input of deleteSolution." })
export class DeleteSolutionInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "The solution's name; its versions are deleted with it." })
  name!: string;
}
