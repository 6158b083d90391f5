import type { BatchJob as BatchJobMessage } from "@palate/proto/recipe";
import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { batchOutputPath } from "../../public-paths.js";
import { DiversityInput } from "../answers/diversity.js";
import { FilterValueInput } from "../answers/filter-arguments.js";
import { PromotionInput } from "../answers/promotion.js";
import { SeenItems } from "../answers/seen-items.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, JsonObject, ResourceStatus, SafeInt, timeOrNull } from "../common/scalars.js";
import { RecipeType } from "../recipe/types.js";

/** Many questions to one model. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "Many questions to one model, asked beside live traffic with the same answers: a batch inference job, or a batch segment job where recipeType is USER_SEGMENTATION.",
})
export class BatchJob implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("BatchJob", this.datasetGroup, this.jobName);
  }

  /** Where its output is. */
  @Field(() => String, {
    description:
      'Path on this server to its output so far, as JSON lines in the order of the input: {"input": …, "output": …, "error": null}.',
  })
  get outputPath(): string {
    return batchOutputPath(this.datasetGroup, this.jobName);
  }

  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "Its name, unique within the group." })
  jobName!: string;

  /** Whose model answers. */
  @Field(() => String, { description: "Name of the solution whose model answers." })
  solution!: string;

  /** Which version answers. */
  @Field(() => String, { description: "Id of the version that answers." })
  versionId!: string;

  /** The recipe. */
  @Field(() => String, { description: "Name of the recipe." })
  recipe!: string;

  /** Its kind. */
  @Field(() => RecipeType, { description: "What the recipe produces and how it is asked." })
  recipeType!: number;

  /** Where it is in its life. */
  @Field(() => ResourceStatus, { description: "Where it is in its life. A stopped job keeps the output it has." })
  status!: number;

  /** Why it failed. */
  @Field(() => String, { nullable: true, description: "Why it failed; null when it did not." })
  failureReason!: string | null;

  /** Lines of the input. */
  @Field(() => SafeInt, { description: "Lines of the input; 0 until they are counted." })
  lines!: number;

  /** Lines answered. */
  @Field(() => SafeInt, { description: "Lines answered, those with an error among them." })
  linesDone!: number;

  /** Lines not answered. */
  @Field(() => SafeInt, { description: "Lines that could not be answered; each says why in the output." })
  linesFailed!: number;

  /** Bytes so far. */
  @Field(() => SafeInt, { description: "Bytes of the output so far." })
  outputBytes!: number;

  /** Time left. */
  @Field(() => Float, { nullable: true, description: "Estimated seconds left; null while unknown." })
  secondsLeft!: number | null;

  /** When it was created. */
  @Field(() => DateTime, { nullable: true, description: "When it was asked for." })
  createdAt!: number | null;

  /** When it last changed. */
  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  updatedAt!: number | null;

  /** From the proto's message. */
  static from(message: BatchJobMessage): BatchJob {
    const { createdAtMs, updatedAtMs, failureReason, secondsLeft, ...same } = message;
    return Object.assign(new BatchJob(), same, {
      failureReason: failureReason || null,
      secondsLeft: secondsLeft ?? null,
      createdAt: timeOrNull(createdAtMs),
      updatedAt: timeOrNull(updatedAtMs),
    });
  }
}

/** A page of batch jobs. */
export const BatchJobConnection = connectionType(BatchJob, "BatchJob");

const INPUT =
  'The questions as JSON lines in Amazon Personalize\'s form, each with what differs from line to line, and with any of them "filterValues" and "context". Absent means everything that the recipe can be asked about: every user, item or found segment. Larger files than a request may be go by gRPC (CreateBatchJob, 32 MiB).';

/** What all batch jobs are told. */
@InputType({ description: "What all batch jobs are told." })
class CommonBatchInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, {
    description: 'Unique within the group; letters, digits, "-" and "_". A retry returns the job of the first call.',
  })
  jobName!: string;

  /** Whose model is to answer. */
  @Field(() => String, { description: "Name of the solution whose model is to answer." })
  solution!: string;

  /** Which version. */
  @Field(() => String, {
    defaultValue: "$LATEST",
    description: 'The version\'s id, or "$LATEST" for the newest one that can serve.',
  })
  versionId!: string;

  /** How many to return. */
  @Field(() => Int, { nullable: true, description: "Items, actions or users for each line; absent means the default." })
  numResults?: number | null;

  /** A filter's name. */
  @Field(() => String, { nullable: true, description: "Leaves out what this filter of the dataset group does." })
  filter?: string | null;

  /** Values of its parameters. */
  @Field(() => [FilterValueInput], {
    nullable: true,
    description: "Values of the filter's parameters; a line's own count before these.",
  })
  filterValues?: FilterValueInput[] | null;

  /** Or an expression. */
  @Field(() => String, { nullable: true, description: "Or an expression in place of a filter's name." })
  filterExpression?: string | null;
}

/** Input of createBatchInferenceJob. */
@InputType({ description: "Input of createBatchInferenceJob." })
export class CreateBatchInferenceJobInput extends CommonBatchInput {
  /** The questions. */
  @Field(() => String, {
    nullable: true,
    description: `${INPUT} Lines: {"userId": "1"}, {"itemId": "9"}, {"userId": "1", "itemList": ["9", "8"]}.`,
  })
  input?: string | null;

  /** Seen items. */
  @Field(() => SeenItems, { nullable: true, description: "As in recommendations." })
  seenItems?: number | null;

  /** Columns. */
  @Field(() => [String], { nullable: true, description: 'Item columns to write beside the items; "*" means all.' })
  metadataColumns?: string[] | null;

  /** Context. */
  @Field(() => JsonObject, { nullable: true, description: "Contextual values by column for every line." })
  context?: Record<string, unknown> | null;

  /** Promotions. */
  @Field(() => [PromotionInput], { nullable: true, description: "As in recommendations." })
  promotions?: PromotionInput[] | null;

  /** Diversity. */
  @Field(() => DiversityInput, { nullable: true, description: "As in recommendations." })
  diversity?: DiversityInput | null;
}

/** Input of createBatchSegmentJob. */
@InputType({ description: "Input of createBatchSegmentJob." })
export class CreateBatchSegmentJobInput extends CommonBatchInput {
  /** The questions. */
  @Field(() => String, {
    nullable: true,
    description: `${INPUT} Lines: {"itemId": "9"}, {"itemAttributes": "ITEMS.GENRE = \\"Comedy\\""}, {"segmentId": "3"}.`,
  })
  input?: string | null;

  /** Owners. */
  @Field(() => SeenItems, {
    nullable: true,
    description: "Whether users who have interacted with the item may be in its segment; only where asked by item.",
  })
  seenItems?: number | null;
}

/** Input of stopBatchJob and deleteBatchJob. */
@InputType({ description: "Input of stopBatchJob and deleteBatchJob." })
export class BatchJobRefInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => ID, { description: "The job's name." })
  jobName!: string;
}

/** Payload of the mutations about batch jobs. */
@ObjectType({ simpleResolvers: true, description: "Payload of mutations that start or stop a batch job." })
export class BatchJobPayload {
  /** The job. */
  @Field(() => BatchJob, { nullable: true, description: "The job as it is now; null when userErrors has entries." })
  batchJob?: BatchJob;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
