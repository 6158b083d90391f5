import { randomUUID } from "node:crypto";
import {
  Reason as ReasonMessage,
  type GetActionRecommendationsRequest,
  type GetActionRecommendationsResponse,
  type MetadataColumn,
} from "@palate/proto/recipe";
import { invalidArgument, PalateError, type Violation } from "../errors/index.js";
import { ActionRules, countUntil, type ActionsView, type RankedActions } from "../recipe/index.js";
import type { ExclusionMask } from "./exclusion-mask.js";
import { boundFilter } from "./filters.js";
import { MAX_RESULTS } from "./limits.js";
import { REASONS } from "./recommend.js";
import { refuseProblems, timestampProblems } from "./request-problems.js";
import type { LoadedModel } from "./serving-hub.js";

/** Actions in an answer to a request that does not say how many it wants; Amazon's default. */
const DEFAULT_ACTIONS = 5;
const MAX_OFFSET = 1_000_000;

function check(request: GetActionRecommendationsRequest): void {
  const violations: Violation[] = [];
  const { userId, numResults, offset, timestamp, explorationWeight } = request;
  if (userId === "") violations.push({ field: "user_id", message: "is required: actions are for somebody" });
  if (numResults < 0 || numResults > MAX_RESULTS) {
    const message = `is ${numResults}; it must be from 1 to ${MAX_RESULTS}, or 0 for ${DEFAULT_ACTIONS}`;
    violations.push({ field: "num_results", message });
  }
  if (offset < 0 || offset > MAX_OFFSET)
    violations.push({ field: "offset", message: `is ${offset}; it must be from 0 to ${MAX_OFFSET}` });
  if (explorationWeight !== undefined && !(explorationWeight >= 0 && explorationWeight <= 1))
    violations.push({ field: "exploration_weight", message: `is ${explorationWeight}; it must be from 0 to 1` });
  violations.push(...timestampProblems(timestamp));
  refuseProblems(violations);
}

function metadataOf(columns: readonly string[], view: ActionsView, actions: Int32Array): MetadataColumn[] {
  if (columns.length === 0) return [];
  const names = columns.includes("*") ? view.columns : columns.map((name) => name.toUpperCase());
  const unknown = names.filter((name) => !view.columns.includes(name));
  if (unknown.length > 0) {
    const known = view.columns.join(", ") || "none";
    throw invalidArgument(`Actions have no column ${unknown.join(", ")}; known columns: ${known}.`, [
      { field: "metadata_columns", message: `known: ${known}` },
    ]);
  }
  return names.map((name) => ({ name, values: Array.from(actions, (action) => view.attribute(action, name)) }));
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
  const { replica, model, descriptor } = loaded;
  if (model.actions === undefined) {
    const message = `${descriptor.name} does not recommend actions; use a campaign of aws-next-best-action.`;
    throw new PalateError("unimplemented", message);
  }
  check(request);
  const user = replica.userIndex(request.userId);
  const wanted = request.numResults === 0 ? DEFAULT_ACTIONS : request.numResults;
  const { offset, explorationWeight } = request;
  const timestamp = request.timestamp || now;
  const filter = boundFilter(request, replica, "ActionID", { userId: request.userId, itemId: "" });
  const ask = (excluded: Uint8Array): RankedActions =>
    model.actions!({
      user,
      limit: offset + wanted + 1,
      excluded,
      timestamp,
      ...(explorationWeight !== undefined && { exploration: explorationWeight }),
    });
  const view = replica.actions;
  const marked = filter && ((marks: Uint8Array) => filter.mark({ user, now: timestamp }, marks));
  const ranked = mask.with([], view?.count ?? 0, ask, marked);
  const to = Math.min(ranked.actions.length, offset + wanted);
  const actions = ranked.actions.subarray(Math.min(offset, to), to);
  const reasons = ranked.reasons?.slice(offset, to).map((reason) => REASONS[reason]) ?? [];
  const rules = view && (rulesOf.get(view) ?? new ActionRules(view));
  if (view && rules) rulesOf.set(view, rules);
  const expiration = (action: number): number => rules?.expiration(action) ?? Infinity;
  return {
    actionIds: Array.from(actions, (action) => view?.idOf(action) ?? ""),
    scores: Array.from(ranked.scores.subarray(Math.min(offset, to), to)),
    recommendationId: randomUUID(),
    versionId: loaded.versionId,
    dataAgeMs: Math.round(replica.dataAgeMs()),
    reasons: reasons.some((reason) => reason !== ReasonMessage.REASON_UNSPECIFIED) ? reasons : [],
    metadata: view ? metadataOf(request.metadataColumns, view, actions) : [],
    expiresAt: Array.from(actions, (action) => (expiration(action) === Infinity ? 0 : expiration(action))),
    values: Array.from(actions, (action) => rules?.value(action) || 0),
    checkpoint: loaded.checkpoint,
    hasMore: ranked.actions.length > offset + wanted,
    historyLength: view ? countUntil(view.history(user).timestamps, timestamp) : 0,
  };
}
