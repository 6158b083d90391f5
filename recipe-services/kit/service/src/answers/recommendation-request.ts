import type { BoundFilter } from "@palate/filter";
import type { Violation } from "@palate/host";
import { fnv1a } from "@palate/numeric";
import { SeenItems, type Diversity, type GetRecommendationsRequest } from "@palate/proto/recipe";
import { loadedFor, requirementsOf, type Answering, type Exploration, type Query } from "@palate/recipe";
import { randomUUID } from "node:crypto";
import { explorationWeightProblem } from "../serving/exploration-config.js";
import { boundFilter } from "../serving/filters.js";
import { hiddenFrom } from "../serving/hidden-items.js";
import { DEFAULT_RESULTS } from "../serving/limits.js";
import {
  contextProblems,
  idProblems,
  pageProblems,
  pageTokenProblems,
  refuseProblems,
  seenItemsProblems,
  timestampProblems,
} from "../serving/request-problems.js";
import type { LoadedModel } from "../serving/serving-hub.js";
import { diversityProblems } from "./diversity.js";
import { decodePageToken, type ListQuestion, type PageToken } from "./page-token.js";
import { boundPromotions, type BoundPromotion } from "./promotions.js";

/** A checked request for recommendations: ids as replica indices, defaults in force, filters ready. What every stage reads. */
export interface RecommendationRequest {
  /** What answers. */
  readonly loaded: LoadedModel & Answering["items"];
  /** Id of the answer, by which later events may refer to it. */
  readonly recommendationId: string;
  /** The user's replica index; -1 when unknown or not given. */
  readonly user: number;
  /** The item's replica index; -1 when unknown or not given. */
  readonly item: number;
  /** Unix time in seconds the answer is for. */
  readonly timestamp: number;
  /** Contextual values by column name. */
  readonly context: Readonly<Record<string, string>>;
  /** Interactions of the user that are known. */
  readonly historyLength: number;
  /** How new items are shown to learn about them; a weight of 0: not at all. */
  readonly exploration: Exploration;
  /** Items that earlier pages showed, in their order; they are left out of the list when it is made. */
  readonly shown: Int32Array;
  /** Results before the page, of those that earlier pages did not show. */
  readonly offset: number;
  /** Most results in the page. */
  readonly pageSize: number;
  /** Results up to the end of the page and one more, which tells whether more follow; those that earlier pages showed count. */
  readonly limit: number;
  /** What the answer's page token goes on from; undefined when none is asked for. */
  readonly pageToken: PageToken | undefined;
  /** Items never in the answer, whatever the filter says: hidden and deleted ones. */
  readonly barred: readonly number[];
  /** Items that the recipe's list is made without: the barred ones, and seen ones where those are left out. */
  readonly exclusions: readonly number[] | Int32Array;
  /** Seen items, with repeats, that may follow where the others do not fill the answer; none where they are left out for good. */
  readonly following: Int32Array;
  /** Excludes further items; undefined when the request names no filter. */
  readonly filter: BoundFilter | undefined;
  /** How the list is to be diversified; undefined: not at all. */
  readonly diversity: Diversity | undefined;
  readonly promotions: readonly BoundPromotion[];
  /** Fixes the random places of promotions; 0 where there are none. */
  readonly promotionSeed: number;
  /** Whether each item's explanation is asked for. */
  readonly explains: boolean;
  /** Item columns asked for; "*" for all. */
  readonly metadataColumns: readonly string[];
}

function check(message: GetRecommendationsRequest, loaded: LoadedModel): void {
  const { descriptor } = loaded;
  const { requiresUser, requiresItem } = requirementsOf(descriptor);
  const violations: Violation[] = [];
  if (requiresUser && message.userId === "")
    violations.push({ field: "user_id", message: `is required by ${descriptor.name}` });
  if (requiresItem && message.itemId === "")
    violations.push({ field: "item_id", message: `is required by ${descriptor.name}` });
  violations.push(...idProblems({ user_id: message.userId, item_id: message.itemId }));
  violations.push(...pageProblems(message, DEFAULT_RESULTS), ...pageTokenProblems(message));
  const problem = explorationWeightProblem(message.explorationWeight ?? 0);
  if (problem !== undefined) violations.push({ field: "exploration_weight", message: problem });
  violations.push(...seenItemsProblems(message.seenItems));
  violations.push(...timestampProblems(message.timestamp), ...contextProblems(message.context, loaded.replica));
  if (message.diversity) violations.push(...diversityProblems(message.diversity, loaded));
  refuseProblems(violations);
}

/**
 * Checks a request for recommendations and makes ready what its stages need.
 * @param now Unix time in seconds, used when the request names none
 * @throws PalateError `invalid_argument` naming every field that is wrong; `unimplemented` when the recipe
 *   recommends no items; `not_found` for an unknown filter
 */
export function recommendationRequest(
  message: GetRecommendationsRequest,
  serving: LoadedModel,
  now: number,
): RecommendationRequest {
  check(message, serving);
  const loaded = loadedFor(serving, "items");
  const { replica } = loaded;
  const { offset } = message;
  const user = message.userId === "" ? -1 : replica.userIndex(message.userId);
  const pageSize = message.numResults === 0 ? DEFAULT_RESULTS : message.numResults;
  const history = replica.history(user).items;
  const before = decodePageToken(message.pageToken, questionOf(message));
  const shown = before ? indicesOf(before.shown, replica) : NOTHING;
  const seen = excludesSeen(message, loaded) ? history.subarray(0, before?.historyLength) : NOTHING;
  const barred = [...hiddenFrom(loaded, user), ...replica.forgottenItems];
  const filter = boundFilter(message, replica, "ItemID", message);
  const promotions = boundPromotions(message, replica);
  return {
    loaded,
    recommendationId: randomUUID(),
    user,
    item: message.itemId === "" ? -1 : replica.itemIndex(message.itemId),
    timestamp: message.timestamp || now,
    context: message.context,
    historyLength: history.length,
    exploration: explorationOf(message, loaded),
    shown,
    offset,
    pageSize,
    limit: shown.length + offset + pageSize + 1,
    pageToken: message.withPageToken ? (before ?? { shown: [], historyLength: history.length }) : undefined,
    barred,
    exclusions: barred.length === 0 ? seen : [...seen, ...barred],
    following: message.seenItems === SeenItems.SEEN_ITEMS_UNSPECIFIED ? seen : NOTHING,
    filter,
    diversity: message.diversity,
    promotions,
    promotionSeed:
      promotions.length === 0 ? 0 : seedOf(message, replica.historyVersion(user)) + Math.floor(shown.length / pageSize),
    explains: message.explain,
    metadataColumns: message.metadataColumns,
  };
}

/** The query that a model is asked, for a list of at most `limit` items without the excluded ones. */
export function queryOf(request: RecommendationRequest, limit: number, excluded: Uint8Array): Query {
  const { user, item, timestamp, context, exploration, recommendationId } = request;
  const query = { user, item, limit, excluded, timestamp, context };
  return exploration.weight > 0 ? { ...query, exploration, recommendationId } : query;
}

const NOTHING = new Int32Array(0);

/** What a request asks for, to which its page tokens belong. */
export function questionOf(message: GetRecommendationsRequest): ListQuestion {
  const { datasetGroup, campaign, userId, itemId, seenItems, promotions, diversity, context, explorationWeight } =
    message;
  const filter = [message.filter, message.filterValues, message.filterExpression];
  const others = { itemId, seenItems, filter, promotions, diversity, context, explorationWeight };
  return { datasetGroup, campaign, userId, others };
}

/** Replica indices of items; those that are gone have none. */
function indicesOf(ids: readonly string[], replica: LoadedModel["replica"]): Int32Array {
  return Int32Array.from(ids, (id) => replica.itemIndex(id)).filter((item) => item >= 0);
}

function excludesSeen({ seenItems }: GetRecommendationsRequest, { descriptor }: Answering["items"]): boolean {
  return seenItems === SeenItems.SEEN_ITEMS_UNSPECIFIED
    ? descriptor.excludesSeenByDefault
    : seenItems === SeenItems.SEEN_ITEMS_EXCLUDE;
}

/** How the campaign explores, with the weight that the request may give instead of the campaign's. */
function explorationOf(message: GetRecommendationsRequest, { exploration }: LoadedModel): Exploration {
  if (exploration === undefined) return NO_EXPLORATION;
  return { weight: message.explorationWeight ?? exploration.weight, ageCutOffDays: exploration.ageCutOffDays };
}

const NO_EXPLORATION: Exploration = { weight: 0, ageCutOffDays: 0 };

/** A number that is the same for a user's requests of one kind until something new is known of the user. */
function seedOf({ userId, itemId, promotions }: GetRecommendationsRequest, historyVersion: number): number {
  return fnv1a([userId, itemId, historyVersion, ...promotions.map(({ name }) => name)].join("\n"));
}
