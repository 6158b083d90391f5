import { invalidArgument } from "@palate/host";
import {
  GetActionRecommendationsRequest,
  GetPersonalizedRankingRequest,
  GetRecommendationsRequest,
  GetSegmentRequest,
  type CreateBatchJobRequest,
} from "@palate/proto/recipe";
import type { RecipeDescriptor, RecipeType } from "@palate/recipe";
import { z } from "zod";

/** Kind of live request that the lines of a batch stand for. */
export type BatchKind = "recommendations" | "ranking" | "segment" | "actions";

/** A line of a batch, as the live request that it stands for. */
export type BatchRequest =
  | { readonly kind: "recommendations"; readonly request: GetRecommendationsRequest }
  | { readonly kind: "ranking"; readonly request: GetPersonalizedRankingRequest }
  | { readonly kind: "segment"; readonly request: GetSegmentRequest }
  | { readonly kind: "actions"; readonly request: GetActionRecommendationsRequest };

/** The live request with the fields that every line has in common. */
export type BatchTemplate = Pick<CreateBatchJobRequest, BatchKind>;

const KINDS: Readonly<Record<RecipeType, BatchKind>> = {
  USER_PERSONALIZATION: "recommendations",
  POPULAR_ITEMS: "recommendations",
  RELATED_ITEMS: "recommendations",
  PERSONALIZED_RANKING: "ranking",
  PERSONALIZED_ACTIONS: "actions",
  USER_SEGMENTATION: "segment",
};

/** The kind of request that a recipe answers. */
export function batchKind(recipe: RecipeDescriptor): BatchKind {
  return KINDS[recipe.type];
}

/** Amazon Personalize's own examples have numbers as ids; a number is read as its text, where its digits are still all there. */
const id = z.union([z.string(), z.number()]).transform((value, context) => {
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    context.addIssue("is a number above 2^53, whose last digits JSON loses; send it as a string");
  return String(value);
});
/** An id that a line may leave out, but not leave empty: that is one that went missing. */
const idIfAny = id
  .transform((value, context) => {
    if (value === "") context.addIssue("is empty; leave it out, or give an id");
    return value;
  })
  .default("");
const texts = z.record(z.string(), id).default({});
const line = z.strictObject({
  userId: idIfAny,
  itemId: idIfAny,
  itemList: z.array(id).optional(),
  itemAttributes: z.string().default(""),
  segmentId: idIfAny,
  filterValues: texts,
  context: texts,
  timestamp: z.number().int().nonnegative().optional(),
});
type Line = z.infer<typeof line>;

/** The fields that a line may have, by kind of request. */
const FIELDS: Readonly<Record<BatchKind, readonly string[]>> = {
  recommendations: ["userId", "itemId", "filterValues", "context", "timestamp"],
  ranking: ["userId", "itemList", "filterValues", "context", "timestamp"],
  segment: ["itemId", "itemAttributes", "segmentId", "filterValues", "timestamp"],
  actions: ["userId", "filterValues", "timestamp"],
};

/**
 * One line of a batch's input as the live request that it stands for.
 * @param text a JSON object in Amazon Personalize's form
 * @throws PalateError `invalid_argument` when the line is no such object, or has a field that such a request does not have
 */
export function batchRequest(
  text: string,
  kind: BatchKind,
  template: BatchTemplate,
  datasetGroup: string,
): BatchRequest {
  const data = parsedLine(text);
  refuseForeignFields(data, kind);
  const base = template[kind];
  const values = base && "filterValues" in base ? base.filterValues : {};
  const filterValues = { ...values, ...data.filterValues };
  const common = { datasetGroup, filterValues, timestamp: data.timestamp ?? base?.timestamp ?? 0 };
  return requestOf(kind, template, data, common);
}

/** The fields that requests of all kinds have. */
interface CommonFields {
  readonly datasetGroup: string;
  readonly filterValues: Record<string, string>;
  readonly timestamp: number;
}

function requestOf(kind: BatchKind, template: BatchTemplate, data: Line, common: CommonFields): BatchRequest {
  const { userId, itemId } = data;
  switch (kind) {
    case "recommendations": {
      const context = { ...template.recommendations?.context, ...data.context };
      const request = GetRecommendationsRequest.fromPartial(template.recommendations ?? {});
      return { kind, request: { ...request, ...common, userId, itemId, context } };
    }
    case "ranking": {
      if (data.itemList === undefined)
        throw invalidArgument('The line is not usable: itemList is missing; it lists the items to rank, ["9", "8"].');
      const context = { ...template.ranking?.context, ...data.context };
      const request = GetPersonalizedRankingRequest.fromPartial(template.ranking ?? {});
      return { kind, request: { ...request, ...common, userId, itemIds: data.itemList, context } };
    }
    case "segment": {
      const { itemAttributes, segmentId } = data;
      const request = GetSegmentRequest.fromPartial(template.segment ?? {});
      return { kind, request: { ...request, ...common, itemId, itemAttributes, segmentId } };
    }
    case "actions": {
      const request = GetActionRecommendationsRequest.fromPartial(template.actions ?? {});
      return { kind, request: { ...request, ...common, userId } };
    }
  }
}

function parsedLine(text: string): Line {
  const parsed = line.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidArgument(`The line is not usable: ${issue?.path.join(".") || "it"}: ${issue?.message ?? "unknown"}.`);
}

/** Throws PalateError `invalid_argument` when a line has a field that requests of this kind do not have. */
function refuseForeignFields(data: Line, kind: BatchKind): void {
  const given = Object.entries(data).filter(([, value]) =>
    typeof value === "object" ? Object.keys(value).length > 0 : value !== "" && value !== undefined,
  );
  const foreign = given.find(([name]) => !FIELDS[kind].includes(name));
  if (foreign) throw invalidArgument(`"${foreign[0]}" means nothing here; a line may have ${FIELDS[kind].join(", ")}.`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidArgument(`The line is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
