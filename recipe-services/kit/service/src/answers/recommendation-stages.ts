import type { BoundFilter } from "@palate/filter";
import type { Explanation, RankedItems, ItemSource } from "@palate/recipe";
import { traced } from "@palate/telemetry";
import type { ExclusionMask } from "../serving/exclusion-mask.js";
import { diversified } from "./diversity.js";
import { explain } from "./explain.js";
import { followedBy, newItems } from "./following-items.js";
import { atPlaces } from "./list-places.js";
import { promotedList } from "./promoted-list.js";
import { queryOf, type RecommendationRequest } from "./recommendation-request.js";

/** A list on its way to an answer: parallel arrays, best first. */
export interface RecommendationList extends RankedItems {
  /** Name of the promotion that put each item there, "" for the others; absent where the request has none. */
  readonly promotions?: readonly string[];
}

/** The part of a list that is the answer. */
export interface RecommendationPage {
  /** Replica item indices. */
  readonly items: Int32Array;
  readonly scores: Float32Array | null;
  readonly reasons: readonly ItemSource[] | undefined;
  readonly promotions: readonly string[] | undefined;
  /** Whether more results follow. */
  readonly hasMore: boolean;
  /** Why each item is in the answer; empty where that is not asked for. */
  readonly explanations: readonly Explanation[];
}

/** The recipe's own list for a request, best first: what the other stages choose from and reorder. */
export class Candidates {
  #propensities: Map<number, number> | undefined;
  readonly #request: RecommendationRequest;
  readonly #excluded: Uint8Array;

  /** @param excluded marks of items that must not be candidates, by replica index */
  constructor(request: RecommendationRequest, excluded: Uint8Array) {
    this.#request = request;
    this.#excluded = excluded;
  }

  /** The best candidates, at most `limit` of them. */
  best(limit: number): RankedItems {
    const query = queryOf(this.#request, limit, this.#excluded);
    const list = traced("palate.model", () => this.#request.loaded.model.recommend(query));
    if (list.propensities === undefined) return list;
    const propensities = (this.#propensities ??= new Map());
    list.propensities.forEach((propensity, rank) => propensities.set(list.items[rank]!, propensity));
    return list;
  }

  /** How probable it was, 0 to 1, that an item would be among the candidates; undefined where no chance played a part. */
  get propensities(): ReadonlyMap<number, number> | undefined {
    return this.#propensities;
  }
}

/** Runs `use` with marks of all items that the request excludes, and of those that the filter excludes. */
export function withExclusions<T>(
  { loaded, exclusions, user, item, timestamp }: RecommendationRequest,
  filter: BoundFilter | undefined,
  mask: ExclusionMask,
  use: (excluded: Uint8Array) => T,
): T {
  const subject = { user, currentItem: item, now: timestamp };
  const mark = filter && ((marks: Uint8Array) => traced("palate.filter", () => filter.mark(subject, marks)));
  return mask.with(exclusions, loaded.replica.itemCount, use, mark);
}

/** The candidates, in an order of less similar items where the request asks for diversity. */
export function diversify(
  { diversity, limit, shown, loaded }: RecommendationRequest,
  candidates: Candidates,
): RankedItems {
  if (diversity === undefined) return candidates.best(limit);
  const wanted = limit - shown.length;
  return traced("palate.diversity", () =>
    diversified((count) => candidates.best(count), { shown, wanted }, diversity, loaded),
  );
}

/** The query item of a recipe that answers with other items than that one; -1 for other recipes. */
function queryItemOf({ loaded, item }: RecommendationRequest): number {
  return loaded.descriptor.requiresItem ? item : -1;
}

/** The list, followed by items that nobody has had where it is too short. */
function withNew(request: RecommendationRequest, list: RankedItems, limit: number, excluded: Uint8Array): RankedItems {
  const missing = limit - list.items.length;
  if (missing <= 0) return list;
  const without = { excluded, itemCount: request.loaded.replica.itemCount, except: queryItemOf(request) };
  return followedBy(list, newItems(list.items, missing, without), "new");
}

/**
 * A list that is too short, made longer: by items that nobody has had, which the recipe has nothing to say about, and then by the
 * best of those that the user has had, unless the request leaves them out for good. A list that is long enough stays as it is.
 * Diversity comes before: what follows would change the order of those before it, and of one page but not of another.
 * @param excluded the marks that the list was made with
 */
export function complete(
  request: RecommendationRequest,
  list: RankedItems,
  excluded: Uint8Array,
  mask: ExclusionMask,
): RankedItems {
  const { limit, following } = request;
  const longer = withNew(request, list, limit, excluded);
  const missing = limit - longer.items.length;
  if (missing <= 0 || following.length === 0) return longer;
  return followedBy(longer, bestSeen(request, missing, mask), "seen");
}

/** The best of the items that may follow. */
function bestSeen(request: RecommendationRequest, limit: number, mask: ExclusionMask): RankedItems {
  const { loaded, user, item, timestamp, barred, following, filter } = request;
  const { itemCount } = loaded.replica;
  const markOthers = (marks: Uint8Array): void => {
    marks.fill(1, 0, itemCount);
    for (const seen of following) marks[seen] = 0;
    for (const one of barred) marks[one] = 1;
    filter?.mark({ user, currentItem: item, now: timestamp }, marks);
  };
  const ask = (excluded: Uint8Array): RankedItems => {
    // There is nothing to learn from showing them again.
    const { exploration: _, recommendationId: __, ...query } = queryOf(request, limit, excluded);
    return withNew(request, loaded.model.recommend(query), limit, excluded);
  };
  return mask.with([], itemCount, ask, markOthers);
}

/**
 * The list without items that earlier pages showed. They are taken out of the whole list rather than kept out of the recipe's
 * answer: so scores, and the order where nothing has changed, are those of one long answer.
 */
export function unshown({ shown }: RecommendationRequest, list: RankedItems): RankedItems {
  if (shown.length === 0) return list;
  const before = new Set(shown);
  return atPlaces(
    list,
    Int32Array.from(list.items.keys()).filter((place) => !before.has(list.items[place]!)),
  );
}

/** The list with promoted items among the others. Each promotion has a filter of its own, and so marks of its own. */
export function promote(request: RecommendationRequest, list: RankedItems, mask: ExclusionMask): RecommendationList {
  const { promotions, pageSize, offset, limit, promotionSeed, loaded } = request;
  if (promotions.length === 0) return list;
  return traced("palate.promotions", () =>
    promotedList({
      ordinary: list,
      promotions,
      ask: ({ filter }) =>
        withExclusions(request, filter, mask, (excluded) => {
          // A list to choose from is not an answer that was shown: a model that explores must not remember it as such.
          const { recommendationId: _, ...query } = queryOf(request, limit, excluded);
          return unshown(request, withNew(request, loaded.model.recommend(query), limit, excluded));
        }),
      pageSize,
      wanted: offset + pageSize + 1,
      seed: promotionSeed,
    }),
  );
}

/** The page that the request asks for. */
export function pageOf({ offset, pageSize }: RecommendationRequest, list: RecommendationList): RecommendationPage {
  const { length } = list.items;
  const from = Math.min(offset, length);
  const to = Math.min(length, offset + pageSize);
  return {
    items: list.items.subarray(from, to),
    scores: list.scores && list.scores.subarray(from, to),
    reasons: list.reasons?.slice(from, to),
    promotions: list.promotions?.slice(from, to),
    hasMore: length > offset + pageSize,
    explanations: [],
  };
}

/**
 * The page with an explanation of each item, where the request asks for them.
 * @param excluded the marks that the candidates were chosen with
 */
export function explainPage(
  request: RecommendationRequest,
  page: RecommendationPage,
  excluded: Uint8Array,
): RecommendationPage {
  if (!request.explains) return page;
  return { ...page, explanations: explain(request.loaded, queryOf(request, request.limit, excluded), page) };
}
