import type { BoundFilter } from "@palate/filter";
import {
  Reason as ReasonMessage,
  SeenItems,
  type GetRecommendationsRequest,
  type GetRecommendationsResponse,
} from "@palate/proto/recipe";
import type { Moment, Query, RankedItems, Reason } from "@palate/recipe";
import { randomUUID } from "node:crypto";
import { fnv1a } from "@palate/numeric";
import { diversified, diversityProblems } from "./diversity.js";
import type { ExclusionMask } from "./exclusion-mask.js";
import { explain, explanationMessages } from "./explain.js";
import { explorationWeightProblem } from "./exploration-config.js";
import { boundFilter } from "./filters.js";
import { hiddenFrom } from "./hidden-items.js";
import { DEFAULT_RESULTS } from "./limits.js";
import { metadataOf } from "./metadata.js";
import { promotedList } from "./promoted-list.js";
import { boundPromotions } from "./promotions.js";
import { contextProblems, pageProblems, refuseProblems, timestampProblems } from "./request-problems.js";
import type { LoadedModel } from "./serving-hub.js";

/** Reasons as the API says them. */
export const REASONS: Readonly<Record<Reason, ReasonMessage>> = {
  model: ReasonMessage.REASON_UNSPECIFIED,
  popular: ReasonMessage.REASON_POPULAR,
  exploration: ReasonMessage.REASON_EXPLORATION,
  promoted: ReasonMessage.REASON_PROMOTED,
};

function check(request: GetRecommendationsRequest, loaded: LoadedModel): void {
  const { descriptor } = loaded;
  const violations: { field: string; message: string }[] = [];
  if (descriptor.requiresUser && request.userId === "")
    violations.push({ field: "user_id", message: `is required by ${descriptor.name}` });
  if (descriptor.requiresItem && request.itemId === "")
    violations.push({ field: "item_id", message: `is required by ${descriptor.name}` });
  violations.push(...pageProblems(request, DEFAULT_RESULTS));
  const problem = explorationWeightProblem(request.explorationWeight ?? 0);
  if (problem !== undefined) violations.push({ field: "exploration_weight", message: problem });
  violations.push(...timestampProblems(request.timestamp), ...contextProblems(request.context, loaded.replica));
  if (request.diversity) violations.push(...diversityProblems(request.diversity, loaded));
  refuseProblems(violations);
}

const NOTHING = new Int32Array(0);

/** Items that an answer to a user leaves out whatever the filter says: seen, hidden and deleted ones. */
function leftOutOf(loaded: LoadedModel, user: number, hideSeen: boolean): readonly number[] | Int32Array {
  const { replica } = loaded;
  const seen = hideSeen ? replica.history(user).items : NOTHING;
  const hidden = hiddenFrom(loaded, user);
  const forgotten = replica.forgottenItems ?? [];
  return hidden.length + forgotten.length === 0 ? seen : [...seen, ...hidden, ...forgotten];
}

/** A number that is the same for a user's requests of one kind until something new is known of the user. */
function seedOf({ userId, itemId, promotions }: GetRecommendationsRequest, historyVersion: number): number {
  return fnv1a([userId, itemId, historyVersion, ...promotions.map(({ name }) => name)].join("\n"));
}

/** What a model may be told of a request before it is asked. */
export function momentOf(request: GetRecommendationsRequest, { replica }: LoadedModel, now: number): Moment {
  const { userId, timestamp, context } = request;
  return { user: userId === "" ? -1 : replica.userIndex(userId), timestamp: timestamp || now, context };
}

/**
 * Answers one query from memory: the recipe's list without what the filter holds back and, where that is wanted, without what
 * the user has seen; then in an order of less alike items; then with promoted items among the others.
 * @param now Unix time in seconds, used when the request names none
 * @throws PalateError `invalid_argument` naming every field that is wrong; `not_found` for an unknown filter
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
  const { offset, diversity, metadataColumns } = request;
  const history = replica.history(user).items;
  const hideSeen =
    request.seenItems === SeenItems.SEEN_ITEMS_UNSPECIFIED
      ? descriptor.excludesSeenByDefault
      : request.seenItems === SeenItems.SEEN_ITEMS_EXCLUDE;
  const leftOut = leftOutOf(loaded, user, hideSeen);
  const timestamp = request.timestamp || now;
  const requestFilter = boundFilter(request, replica, "ItemID", request);
  const promotions = boundPromotions(request, replica);

  const subject = { user, currentItem: item, now: timestamp };
  const filtered = <T>(filter: BoundFilter | undefined, use: (excluded: Uint8Array) => T): T =>
    mask.with(leftOut, replica.itemCount, use, filter && ((marks) => filter.mark(subject, marks)));
  const most = offset + wanted + 1;
  const recommendationId = randomUUID();
  const { weight = 0, ageCutOffDays = 0 } = loaded.exploration ?? {};
  const exploration = { weight: loaded.exploration ? (request.explorationWeight ?? weight) : 0, ageCutOffDays };
  const queryOf = (limit: number, excluded: Uint8Array): Query => ({
    ...{ user, item, limit, excluded, timestamp, context: request.context },
    ...(exploration.weight > 0 && { exploration, recommendationId }),
  });
  const propensities = new Map<number, number>();
  const asked = (query: Query): RankedItems => {
    const answer = model.recommend(query);
    answer.propensities?.forEach((propensity, rank) => propensities.set(answer.items[rank]!, propensity));
    return answer;
  };
  const ordinary = filtered(requestFilter, (excluded) => {
    const ask = (limit: number) => asked(queryOf(limit, excluded));
    return diversity ? diversified(ask, most, diversity, loaded) : ask(most);
  });
  const ranked: RankedItems & { readonly promotions?: readonly string[] } =
    promotions.length === 0
      ? ordinary
      : promotedList({
          ordinary,
          promotions,
          ask: ({ filter }, limit) => filtered(filter, (excluded) => model.recommend(queryOf(limit, excluded))),
          pageSize: wanted,
          wanted: most,
          seed: seedOf(request, replica.historyVersion(user)),
        });

  const from = Math.min(offset, ranked.items.length);
  const to = Math.min(ranked.items.length, offset + wanted);
  const items = ranked.items.subarray(from, to);
  const reasons = ranked.reasons?.slice(from, to);
  const promoted = ranked.promotions?.slice(from, to);
  const causes = request.explain
    ? filtered(requestFilter, (excluded) =>
        explain(loaded, queryOf(most, excluded), { items, reasons, promotions: promoted }),
      )
    : [];
  const shown = reasons?.some((reason) => reason !== "model") ? reasons.map((reason) => REASONS[reason]) : [];
  return {
    itemIds: Array.from(items, (one) => replica.itemId(one)),
    scores: ranked.scores ? Array.from(ranked.scores.subarray(from, to)) : [],
    reasons: shown,
    metadata: metadataOf(metadataColumns, replica, items),
    recommendationId,
    versionId: loaded.versionId,
    checkpoint: loaded.checkpoint,
    dataAgeMs: Math.round(replica.dataAgeMs()),
    hasMore: ranked.items.length > offset + wanted,
    historyLength: history.length,
    promotions: promoted?.some((name) => name !== "") ? [...promoted] : [],
    explanations: explanationMessages(causes, replica, metadataColumns),
    propensities: propensities.size > 0 ? Array.from(items, (one) => propensities.get(one) ?? 1) : [],
  };
}
