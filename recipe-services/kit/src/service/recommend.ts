import { randomUUID } from "node:crypto";
import {
  Reason as ReasonMessage,
  SeenItems,
  type GetRecommendationsRequest,
  type GetRecommendationsResponse,
} from "@palate/proto/recipe";
import { invalidArgument } from "../errors/index.js";
import type { Reason } from "../recipe/index.js";
import { diversified, diversityProblems } from "./diversity.js";
import { explain, explanationMessages } from "./explain.js";
import { metadataOf } from "./metadata.js";
import type { LoadedModel } from "./serving-hub.js";

/** Most items in one answer. */
export const MAX_RESULTS = 10_000;
const DEFAULT_RESULTS = 25;
const MAX_OFFSET = 1_000_000;

const REASONS: Readonly<Record<Reason, ReasonMessage>> = {
  model: ReasonMessage.REASON_UNSPECIFIED,
  popular: ReasonMessage.REASON_POPULAR,
  exploration: ReasonMessage.REASON_EXPLORATION,
  promoted: ReasonMessage.REASON_PROMOTED,
};

/** Marks of items to leave out, reused from query to query so that none allocates or clears a whole catalogue. */
export class ExclusionMask {
  #marks = new Uint8Array(1024);

  /**
   * Runs `use` with marks for the given items, then takes them away again.
   * @param itemCount the marks are at least this long
   */
  with<T>(items: Int32Array | readonly number[], itemCount: number, use: (marks: Uint8Array) => T): T {
    if (this.#marks.length < itemCount) this.#marks = new Uint8Array(Math.max(itemCount, this.#marks.length * 2));
    const marks = this.#marks;
    for (let i = 0; i < items.length; i++) marks[items[i]!] = 1;
    try {
      return use(marks);
    } finally {
      for (let i = 0; i < items.length; i++) marks[items[i]!] = 0;
    }
  }
}

function check(request: GetRecommendationsRequest, loaded: LoadedModel): void {
  const { descriptor } = loaded;
  const violations: { field: string; message: string }[] = [];
  if (descriptor.requiresUser && request.userId === "")
    violations.push({ field: "user_id", message: `is required by ${descriptor.name}` });
  if (descriptor.requiresItem && request.itemId === "")
    violations.push({ field: "item_id", message: `is required by ${descriptor.name}` });
  if (request.numResults < 0 || request.numResults > MAX_RESULTS) {
    violations.push({
      field: "num_results",
      message: `is ${request.numResults}; it must be from 1 to ${MAX_RESULTS}, or 0 for ${DEFAULT_RESULTS}`,
    });
  }
  if (request.offset < 0 || request.offset > MAX_OFFSET) {
    violations.push({ field: "offset", message: `is ${request.offset}; it must be from 0 to ${MAX_OFFSET}` });
  }
  if (request.timestamp > 100_000_000_000) {
    violations.push({
      field: "timestamp",
      message: `is ${request.timestamp}, which looks like milliseconds; it must be Unix seconds`,
    });
  }
  if (request.diversity) violations.push(...diversityProblems(request.diversity, loaded));
  if (violations.length > 0) {
    throw invalidArgument(
      `The request is not usable: ${violations.map((v) => `${v.field} ${v.message}`).join("; ")}.`,
      violations,
    );
  }
}

const NOTHING = new Int32Array(0);

/**
 * Answers one query from memory.
 * @param now Unix time in seconds, used when the request names none
 * @throws PalateError `invalid_argument` naming every field that is wrong
 */
export function recommend(
  request: GetRecommendationsRequest,
  loaded: LoadedModel,
  mask: ExclusionMask,
  now: number,
): GetRecommendationsResponse {
  check(request, loaded);
  const { replica, model, descriptor } = loaded;
  const user = request.userId === "" ? -1 : replica.userIndex(request.userId);
  const item = request.itemId === "" ? -1 : replica.itemIndex(request.itemId);
  const wanted = request.numResults === 0 ? DEFAULT_RESULTS : request.numResults;
  const { offset } = request;
  const history = replica.history(user).items;
  const hideSeen =
    request.seenItems === SeenItems.SEEN_ITEMS_UNSPECIFIED
      ? descriptor.excludesSeenByDefault
      : request.seenItems === SeenItems.SEEN_ITEMS_EXCLUDE;

  const { diversity, metadataColumns } = request;
  const timestamp = request.timestamp || now;
  const [ranked, explanations] = mask.with(hideSeen ? history : NOTHING, replica.itemCount, (excluded) => {
    const queryOf = (limit: number) => ({ user, item, limit, excluded, timestamp });
    const ask = (limit: number) => model.recommend(queryOf(limit));
    const most = offset + wanted + 1;
    const answer = diversity ? diversified(ask, most, diversity, loaded) : ask(most);
    if (!request.explain) return [answer, []];
    const items = answer.items.subarray(offset, offset + wanted);
    const reasons = answer.reasons?.slice(offset, offset + wanted);
    const why = explain(loaded, queryOf(most), { items, reasons });
    return [answer, explanationMessages(why, replica, metadataColumns)];
  });
  const to = Math.min(ranked.items.length, offset + wanted);
  const itemIds: string[] = [];
  for (let i = offset; i < to; i++) itemIds.push(replica.itemId(ranked.items[i]!));
  const reasons = ranked.reasons?.slice(offset, to).map((reason) => REASONS[reason]) ?? [];
  return {
    itemIds,
    scores: ranked.scores ? Array.from(ranked.scores.subarray(Math.min(offset, to), to)) : [],
    reasons: reasons.some((reason) => reason !== ReasonMessage.REASON_UNSPECIFIED) ? reasons : [],
    metadata: metadataOf(metadataColumns, replica, ranked.items.subarray(Math.min(offset, to), to)),
    recommendationId: randomUUID(),
    versionId: loaded.versionId,
    checkpoint: loaded.checkpoint,
    dataAgeMs: Math.round(replica.dataAgeMs()),
    hasMore: ranked.items.length > offset + wanted,
    historyLength: history.length,
    promotions: [],
    explanations,
  };
}
