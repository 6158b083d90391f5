import type { BoundFilter, FilterContext, Target } from "@palate/filter";
import { invalidArgument } from "@palate/host";
import type { ExplainFilterRequest, ExplainFilterResponse, FilterVerdict } from "@palate/proto/recipe";
import type { ReplicaView } from "@palate/recipe";
import { boundFilter, compiledFilter, emptyFilterProblems } from "../serving/filters.js";
import { idProblems, refuseProblems } from "../serving/request-problems.js";
import type { LoadedModel } from "../serving/serving-hub.js";

/** Most items, users or actions in one request. */
const MAX_IDS = 100;

/**
 * Says what a filter does to items, users or actions, and why.
 * @param now Unix time in seconds, used when the request names none
 * @throws PalateError what {@link boundFilter} throws; `invalid_argument` when there is no filter, or too many ids or none
 */
export function explainFilter(
  request: ExplainFilterRequest,
  { replica }: Pick<LoadedModel, "replica">,
  now: number,
): ExplainFilterResponse {
  const { ids } = request;
  if (ids.length === 0 || ids.length > MAX_IDS) {
    throw invalidArgument(`ids are ${ids.length}; 1 to ${MAX_IDS} are right.`, [
      { field: "ids", message: `must be 1 to ${MAX_IDS}` },
    ]);
  }
  refuseProblems([
    ...emptyFilterProblems(request),
    ...idProblems({ user_id: request.userId, item_id: request.itemId, ids }),
  ]);
  if (request.filter === undefined && request.filterExpression === undefined) {
    throw invalidArgument("filter is missing; name a filter, or write a filter_expression.", [
      { field: "filter", message: "is missing" },
    ]);
  }
  const { target } = compiledFilter(request, replica).expression;
  const filter = boundFilter(request, replica, target, request)!;
  const user = request.userId === "" ? -1 : replica.userIndex(request.userId);
  const currentItem = request.itemId === "" ? -1 : replica.itemIndex(request.itemId);
  const subject = { user, currentItem, now: request.timestamp || now };
  const rows = rowsOf(target, replica);
  const excluded = new Uint8Array(rows.count);
  const history = target === "ItemID" ? replica.history(user).items : new Int32Array(0);
  const verdict = (id: string): FilterVerdict => {
    const row = rows.indexOf(id);
    if (row < 0) return unknownVerdict(id, filter, subject);
    const from = row - (row % 4);
    filter.mark(subject, excluded, from, from + 4);
    return {
      id,
      known: true,
      allowed: excluded[row] === 0,
      interactions: history.reduce((sum, item) => sum + Number(item === row), 0),
      explanation: filter.explain(subject, row),
    };
  };
  return { verdicts: ids.map(verdict), dataAgeMs: Math.round(replica.dataAgeMs()) };
}

function unknownVerdict(id: string, filter: BoundFilter, subject: FilterContext): FilterVerdict {
  const excluded = new Uint8Array(1);
  filter.markUnknown(subject, [id], excluded);
  const explanation = filter.explainUnknown(subject, id);
  return { id, known: false, allowed: excluded[0] === 0, interactions: 0, explanation };
}

interface Rows {
  readonly count: number;
  readonly indexOf: (id: string) => number;
}

function rowsOf(target: Target, replica: ReplicaView): Rows {
  switch (target) {
    case "ItemID":
      return { count: replica.itemCount, indexOf: (id) => replica.itemIndex(id) };
    case "UserID":
      return { count: replica.userCount, indexOf: (id) => replica.userIndex(id) };
    case "ActionID":
      return replica.actions;
  }
}
