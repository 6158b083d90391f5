import type { Violation } from "@palate/host";
import {
  Reason as ReasonMessage,
  type GetPersonalizedRankingRequest,
  type GetPersonalizedRankingResponse,
} from "@palate/proto/recipe";
import {
  loadedFor,
  orderList,
  type Attribution,
  type Explanation,
  type ItemScores,
  type ItemSource,
  type ReplicaView,
} from "@palate/recipe";
import { randomUUID } from "node:crypto";
import { hiddenFrom } from "../serving/hidden-items.js";
import { metadataOf } from "../serving/metadata.js";
import { contextProblems, idProblems, refuseProblems, timestampProblems } from "../serving/request-problems.js";
import type { LoadedModel } from "../serving/serving-hub.js";
import { explain, explanationMessages } from "./explain.js";

/** Most items in a list to be ranked. */
export const MAX_LIST = 10_000;

function check(request: GetPersonalizedRankingRequest, replica: ReplicaView): void {
  const violations: Violation[] = [];
  const { userId, itemIds, callerWeight, timestamp } = request;
  if (userId === "") violations.push({ field: "user_id", message: "is required: a ranking is for somebody" });
  if (itemIds.length > MAX_LIST)
    violations.push({
      field: "item_ids",
      message: `has ${itemIds.length} items; at most ${MAX_LIST} are ranked at once`,
    });
  if (!(callerWeight >= 0 && callerWeight <= 1))
    violations.push({ field: "caller_weight", message: `is ${callerWeight}; it must be from 0 to 1` });
  violations.push(...idProblems({ user_id: userId, item_ids: itemIds }));
  violations.push(...timestampProblems(timestamp), ...contextProblems(request.context, replica));
  refuseProblems(violations);
}

/**
 * Puts a caller's list in order for a user, from memory. Only the items of the list are scored; unknown ones come
 * last, in the order given, without a score.
 * @param now Unix time in seconds, used when the request names none
 * @param allowed whether an item of the list may be in the answer; default: every one
 * @throws PalateError `invalid_argument` naming every field that is wrong, `unimplemented` when the recipe ranks no lists
 */
export function rank(
  request: GetPersonalizedRankingRequest,
  loaded: LoadedModel,
  now: number,
  allowed: (id: string) => boolean = () => true,
): GetPersonalizedRankingResponse {
  const { model, replica } = loadedFor(loaded, "ranking");
  check(request, replica);
  const user = replica.userIndex(request.userId);
  const timestamp = request.timestamp || now;
  const hidden = new Set(hiddenFrom(loaded, user));
  const ids = [...new Set(request.itemIds)].filter((id) => allowed(id) && !hidden.has(replica.itemIndex(id)));
  const known: number[] = [];
  ids.forEach((id, place) => {
    if (replica.itemIndex(id) >= 0) known.push(place);
  });
  const items = Int32Array.from(known, (place) => replica.itemIndex(ids[place]!));
  const answer: ItemScores =
    items.length === 0
      ? { scores: new Float32Array(0), reason: "model" }
      : model.rank({ user, items, timestamp, context: request.context });
  const scores = new Float32Array(ids.length).fill(Number.NaN);
  known.forEach((place, at) => (scores[place] = answer.scores[at]!));
  const list = orderList(scores, request.callerWeight);
  const popular = answer.reason === "popular";
  const ordered = Int32Array.from(list.order, (place) => replica.itemIndex(ids[place]!));
  return {
    itemIds: Array.from(list.order, (place) => ids[place]!),
    scores: Array.from(list.shares),
    metadata: metadataOf(request.metadataColumns, replica, ordered),
    recommendationId: randomUUID(),
    versionId: loaded.versionId,
    dataAgeMs: Math.round(replica.dataAgeMs()),
    checkpoint: loaded.checkpoint,
    reasons: popular ? Array.from(list.shares, () => ReasonMessage.REASON_POPULAR) : [],
    historyLength: replica.history(user).items.length,
    explanations: request.explain
      ? explanationMessages(
          explainList(request, loaded, { user, timestamp, ordered, scored: list.shares.length, popular }),
          replica,
          request.metadataColumns,
        )
      : [],
  };
}

/** A ranked list that is to be explained. */
interface RankedList {
  /** Replica index of the user. */
  readonly user: number;
  /** Unix time in seconds. */
  readonly timestamp: number;
  /** Replica item indices in order; -1 for an unknown one. */
  readonly ordered: Int32Array;
  /** How many of them, from the first, have a score. */
  readonly scored: number;
  /** Whether they are ranked by popularity instead of the model. */
  readonly popular: boolean;
}

/** Why each item is where it is; nothing for those behind the first `scored`, which have no score. */
function explainList(
  { callerWeight, context }: GetPersonalizedRankingRequest,
  loaded: LoadedModel,
  { user, timestamp, ordered, scored, popular }: RankedList,
): Explanation[] {
  const items = ordered.subarray(0, scored);
  const excluded = new Uint8Array(loaded.replica.itemCount);
  const reasons = popular ? Array.from(items, (): ItemSource => "popular") : undefined;
  const own = explain(loaded, { user, item: -1, limit: scored, excluded, timestamp, context }, { items, reasons });
  return Array.from(ordered, (_, at) => {
    const causes = (own[at] ?? []).map((cause): Attribution => ({
      ...cause,
      weight: cause.weight * (1 - callerWeight),
    }));
    if (callerWeight === 0 || at >= scored) return causes;
    return [...causes, { kind: "callerOrder" as const, weight: callerWeight }].sort((a, b) => b.weight - a.weight);
  });
}
