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

  /** How much event types count. */
  @Field(() => EventsConfig, {
    nullable: true,
    description: "Which events it trains on and how much each type counts; null means all alike.",
  })
  eventsConfig!: EventsConfig | null;

  /** What it makes much of. */
  @Field(() => OptimizationObjective, {
    nullable: true,
    description: "What it makes much of beside relevance; null means nothing.",
  })
  optimizationObjective!: OptimizationObjective | null;

  /** How hyperparameters are searched for. */
  @Field(() => HpoConfig, {
    nullable: true,
    description: "How each training looks for good hyperparameters first; null when they are given.",
  })
  hpoConfig!: HpoConfig | null;

  /** How the recipe is chosen. */
  @Field(() => AutoMlConfig, {
    nullable: true,
    description: 'How each training chooses the recipe first, whose name is "auto" here; null when it is given.',
  })
  autoMlConfig!: AutoMlConfig | null;

  /** When it trains by itself. */
  @Field(() => String, {
    nullable: true,
    description: 'How often it trains by itself: "rate(7 days)"; null when it does not.',
  })
  schedulingExpression!: string | null;

  /** Whether it trains after deletions. */
  @Field(() => Boolean, {
    description:
      "Whether it trains anew by itself after users or items were deleted whose data its newest version learnt from.",
  })
  retrainAfterDeletion!: boolean;

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
    nullable: true,
    description:
      'The recipe: its name ("aws-sims") or its ARN ("arn:aws:personalize:::recipe/aws-sims"). Left out with performAutoML.',
  })
  recipe?: string | null;

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

  /** How much event types count. */
  @Field(() => EventsConfig, {
    nullable: true,
    description:
      "Which events to train on and how much each type counts; not beside eventType or eventValueThreshold. Absent means all alike.",
  })
  eventsConfig?: EventsConfig | null;

  /** What to make much of. */
  @Field(() => OptimizationObjective, {
    nullable: true,
    description: "What to make much of beside relevance; absent means nothing.",
  })
  optimizationObjective?: OptimizationObjective | null;

  /** Whether to search for hyperparameters. */
  @Field(() => Boolean, { defaultValue: false, description: "Look for good hyperparameters in each training." })
  performHPO!: boolean;

  /** How to search. */
  @Field(() => HpoConfig, { nullable: true, description: "How to look for them; absent means with the defaults." })
  hpoConfig?: HpoConfig | null;

  /** Whether to choose the recipe. */
  @Field(() => Boolean, { defaultValue: false, description: "Choose the recipe in each training." })
  performAutoML!: boolean;

  /** How to choose. */
  @Field(() => AutoMlConfig, { nullable: true, description: "How to choose; absent means with the defaults." })
  autoMlConfig?: AutoMlConfig | null;

  /** Whether to train by itself. */
  @Field(() => Boolean, { defaultValue: false, description: "Train by itself: at once, and then again and again." })
  performAutoTraining!: boolean;

  /** How often. */
  @Field(() => String, {
    nullable: true,
    description: 'How often: "rate(7 days)", "rate(12 hours)", from 1 hour to 365 days; absent means every 7 days.',
  })
  schedulingExpression?: string | null;

  /** Whether to train after deletions. */
  @Field(() => Boolean, {
    defaultValue: false,
    description: "Train anew by itself after users or items were deleted whose data the newest version learnt from.",
  })
  retrainAfterDeletion!: boolean;
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
