import type { Violation } from "@palate/host";
import {
  Reason as ReasonMessage,
  type GetActionRecommendationsRequest,
  type GetActionRecommendationsResponse,
} from "@palate/proto/recipe";
import { ActionRules, countUntil, loadedFor, type ActionsView, type RankedActions } from "@palate/recipe";
import { randomUUID } from "node:crypto";
import type { ExclusionMask } from "../serving/exclusion-mask.js";
import { explorationWeightProblem } from "../serving/exploration-config.js";
import { boundFilter } from "../serving/filters.js";
import { actionMetadataOf } from "../serving/metadata.js";
import {
  idProblems,
  pageProblems,
  pageTokenProblems,
  refuseProblems,
  timestampProblems,
} from "../serving/request-problems.js";
import type { LoadedModel } from "../serving/serving-hub.js";
import { decodePageToken, encodePageToken, type ListQuestion } from "./page-token.js";
import { REASONS } from "./recommendation-response.js";

/** Actions in an answer to a request that does not say how many it wants; Amazon's default. */
const DEFAULT_ACTIONS = 5;

function check(request: GetActionRecommendationsRequest): void {
  const violations: Violation[] = [];
  const { userId, timestamp, explorationWeight } = request;
  if (userId === "") violations.push({ field: "user_id", message: "is required: actions are for somebody" });
  violations.push(...idProblems({ user_id: userId }));
  violations.push(...pageProblems(request, DEFAULT_ACTIONS), ...pageTokenProblems(request));
  const problem = explorationWeightProblem(explorationWeight ?? 0);
  if (problem !== undefined) violations.push({ field: "exploration_weight", message: problem });
  violations.push(...timestampProblems(timestamp));
  refuseProblems(violations);
}

/** What a request asks for, to which its page tokens belong. */
function questionOf(request: GetActionRecommendationsRequest): ListQuestion {
  const { datasetGroup, campaign, userId, explorationWeight } = request;
  const filter = [request.filter, request.filterValues, request.filterExpression];
  return { datasetGroup, campaign, userId, others: { filter, explorationWeight } };
}

/** Rules are read from an actions view once, and again when it has changed. */
const rulesOf = new WeakMap<ActionsView, ActionRules>();

/**
 * Recommends actions to a user, from memory.
 * @param now Unix time in seconds, used when the request names none
 * @throws PalateError `invalid_argument` naming every field that is wrong, `unimplemented` when the recipe recommends no
 *   actions, and what filters throw
 */
export function recommendActions(
  request: GetActionRecommendationsRequest,
  loaded: LoadedModel,
  mask: ExclusionMask,
  now: number,
): GetActionRecommendationsResponse {
  const { model, replica } = loadedFor(loaded, "actions");
  check(request);
  const user = replica.userIndex(request.userId);
  const wanted = request.numResults === 0 ? DEFAULT_ACTIONS : request.numResults;
  const { offset, explorationWeight } = request;
  const timestamp = request.timestamp || now;
  const filter = boundFilter(request, replica, "ActionID", { userId: request.userId, itemId: "" });
  const view = replica.actions;
  const before = decodePageToken(request.pageToken, questionOf(request));
  const shown = new Set(before?.shown.map((id) => view.indexOf(id)));
  const ask = (excluded: Uint8Array): RankedActions =>
    model.recommendActions({
      user,
      limit: shown.size + offset + wanted + 1,
      excluded,
      timestamp,
      ...(explorationWeight !== undefined && { exploration: explorationWeight }),
    });
  const marked = filter && ((marks: Uint8Array) => filter.mark({ user, now: timestamp }, marks));
  const ranked = mask.with([], view.count, ask, marked);
  const unshown = Array.from(ranked.actions.keys()).filter((place) => !shown.has(ranked.actions[place]!));
  const page = unshown.slice(offset, offset + wanted);
  const actions = Int32Array.from(page, (place) => ranked.actions[place]!);
  const actionIds = Array.from(actions, (action) => view.idOf(action));
  const reasons = page.map((place) => REASONS[ranked.reasons?.[place] ?? "model"]);
  const rules = rulesOf.get(view) ?? new ActionRules(view);
  rulesOf.set(view, rules);
  return {
    actionIds,
    scores: page.map((place) => ranked.scores[place]!),
    recommendationId: randomUUID(),
    versionId: loaded.versionId,
    dataAgeMs: Math.round(replica.dataAgeMs()),
    reasons: reasons.some((reason) => reason !== ReasonMessage.REASON_UNSPECIFIED) ? reasons : [],
    metadata: actionMetadataOf(request.metadataColumns, view, actions),
    expiresAt: Array.from(actions, (action) => (rules.expiration(action) === Infinity ? 0 : rules.expiration(action))),
    values: Array.from(actions, (action) => rules.value(action) || 0),
    checkpoint: loaded.checkpoint,
    hasMore: unshown.length > offset + wanted,
    historyLength: countUntil(view.history(user).timestamps, timestamp),
    nextPageToken: request.withPageToken
      ? encodePageToken(questionOf(request), { shown: [...(before?.shown ?? []), ...actionIds], historyLength: 0 })
      : "",
  };
}
