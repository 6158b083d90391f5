import type { BatchJob as BatchJobMessage } from "@palate/proto/recipe";
import { Field, Float, InputType, Int, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { batchOutputPath } from "../../public-paths.js";
import { DiversityInput } from "../answers/diversity.js";
import { FilterValueInput } from "../answers/filter-arguments.js";
import { PromotionInput } from "../answers/promotion.js";
import { SeenItems } from "../answers/seen-items.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, ID, JsonObject, ResourceStatus, SafeInt, timeOrNull } from "../common/scalars.js";
import { RecipeType } from "../recipe/types.js";

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

  @Field(() => String, {
    description:
      'Path on this server to its output so far, as JSON lines in the order of the input: {"input": …, "output": …, "error": null}.',
  })
  get outputPath(): string {
    return batchOutputPath(this.datasetGroup, this.jobName);
  }

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Its name, unique within the group." })
  jobName!: string;

  @Field(() => String, { description: "Name of the solution whose model answers." })
  solution!: string;

  @Field(() => String, { description: "Id of the version that answers." })
  versionId!: string;

  @Field(() => String, { description: "Name of the recipe." })
  recipe!: string;

  @Field(() => RecipeType, { description: "What the recipe produces and how it is asked." })
  recipeType!: number;

  @Field(() => ResourceStatus, { description: "Where it is in its life. A stopped job keeps the output it has." })
  status!: number;

  @Field(() => String, { nullable: true, description: "Why it failed; null when it did not." })
  failureReason!: string | null;

  @Field(() => SafeInt, { description: "Lines of the input; 0 until they are counted." })
  lines!: number;

  @Field(() => SafeInt, { description: "Lines answered, those with an error among them." })
  linesDone!: number;

  @Field(() => SafeInt, { description: "Lines that could not be answered; each says why in the output." })
  linesFailed!: number;

  @Field(() => SafeInt, { description: "Bytes of the output so far." })
  outputBytes!: number;

  @Field(() => Float, { nullable: true, description: "Estimated seconds left; null while unknown." })
  secondsLeft!: number | null;

  @Field(() => DateTime, { nullable: true, description: "When it was asked for." })
  createdAt!: number | null;

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

@InputType({ description: "What all batch jobs are told." })
class CommonBatchInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, {
    description: 'Unique within the group; letters, digits, "-" and "_". A retry returns the job of the first call.',
  })
  jobName!: string;

  @Field(() => String, { description: "Name of the solution whose model is to answer." })
  solution!: string;

  @Field(() => String, {
    defaultValue: "$LATEST",
    description: 'The version\'s id, or "$LATEST" for the newest one that can serve.',
  })
  versionId!: string;

  @Field(() => Int, { nullable: true, description: "Items, actions or users for each line; absent means the default." })
  numResults?: number | null;

  @Field(() => String, { nullable: true, description: "Leaves out what this filter of the dataset group does." })
  filter?: string | null;

  @Field(() => [FilterValueInput], {
    nullable: true,
    description: "Values of the filter's parameters; a line's own count before these.",
  })
  filterValues?: FilterValueInput[] | null;

  @Field(() => String, { nullable: true, description: "Or an expression in place of a filter's name." })
  filterExpression?: string | null;
}

@InputType({ description: "Input of createBatchInferenceJob." })
export class CreateBatchInferenceJobInput extends CommonBatchInput {
  @Field(() => String, {
    nullable: true,
    description: `${INPUT} Lines: {"userId": "1"}, {"itemId": "9"}, {"userId": "1", "itemList": ["9", "8"]}.`,
  })
  input?: string | null;

  @Field(() => SeenItems, { nullable: true, description: "As in recommendations." })
  seenItems?: number | null;

  @Field(() => [String], { nullable: true, description: 'Item columns to write beside the items; "*" means all.' })
  metadataColumns?: string[] | null;

  @Field(() => JsonObject, { nullable: true, description: "Contextual values by column for every line." })
  context?: Record<string, unknown> | null;

  @Field(() => [PromotionInput], { nullable: true, description: "As in recommendations." })
  promotions?: PromotionInput[] | null;

  @Field(() => DiversityInput, { nullable: true, description: "As in recommendations." })
  diversity?: DiversityInput | null;
}

@InputType({ description: "Input of createBatchSegmentJob." })
export class CreateBatchSegmentJobInput extends CommonBatchInput {
  @Field(() => String, {
    nullable: true,
    description: `${INPUT} Lines: {"itemId": "9"}, {"itemAttributes": "ITEMS.GENRE = \\"Comedy\\""}, {"segmentId": "3"}.`,
  })
  input?: string | null;

  @Field(() => SeenItems, {
    nullable: true,
    description: "Whether users who have interacted with the item may be in its segment; only where asked by item.",
  })
  seenItems?: number | null;
}

@InputType({ description: "Input of stopBatchJob and deleteBatchJob." })
export class BatchJobRefInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => ID, { description: "The job's name." })
  jobName!: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of mutations that start or stop a batch job." })
export class BatchJobPayload {
  @Field(() => BatchJob, { nullable: true, description: "The job as it is now; null when userErrors has entries." })
  batchJob?: BatchJob;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
