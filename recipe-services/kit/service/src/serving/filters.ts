import type { BoundFilter, CompiledFilter, Target } from "@palate/filter";
import { invalidArgument, type PalateError, type Violation } from "@palate/host";
import type { ReplicaView } from "@palate/recipe";
import type { ExclusionMask } from "./exclusion-mask.js";
import { refuseProblems } from "./request-problems.js";

/** How a request names a filter. */
export interface FilterFields {
  /** A filter's name, if one is meant. */
  readonly filter?: string | undefined;
  /** Values of its parameters. */
  readonly filterValues: Readonly<Record<string, string>>;
  /** Or an expression. */
  readonly filterExpression?: string | undefined;
}

/** The user and item that a request names, which filters may refer to. */
export interface FilterSubject {
  /** The user's id, or empty. */
  readonly userId: string;
  /** The id of the item that the request is about, or empty. */
  readonly itemId: string;
}

/**
 * The filter of a request with its values, ready to mark what it excludes; undefined when the request has none.
 * @param target what the call answers with
 * @throws PalateError `not_found` for an unknown filter; `invalid_argument` when the expression, its values or what it
 *   selects is wrong, or when it asks about a user or an item that the request does not name; `failed_precondition` when the
 *   filter does not fit the data any more
 */
export function boundFilter(
  fields: FilterFields,
  replica: ReplicaView,
  target: Target,
  subject: FilterSubject,
): BoundFilter | undefined {
  const { filter: name, filterValues, filterExpression } = fields;
  const names = Object.keys(filterValues);
  refuseProblems(emptyFilterProblems(fields));
  if (name === undefined && filterExpression === undefined) {
    if (names.length === 0) return undefined;
    const message = `has values for ${names.join(", ")}, but the request has no filter`;
    throw invalidArgument(`filter_values ${message}.`, [{ field: "filter_values", message }]);
  }
  if (name !== undefined && filterExpression !== undefined) {
    const message = "cannot stand beside filter; name a filter, or write an expression";
    throw invalidArgument(`filter_expression ${message}.`, [{ field: "filter_expression", message }]);
  }
  const compiled = compiledFilter(fields, replica);
  checkUse(compiled, name === undefined ? "filter_expression" : "filter", target, subject);
  return compiled.bind(filterValues);
}

/** The problems of a request that names its filter by an empty text: that is not "no filter", but one that went missing. */
export function emptyFilterProblems({ filter, filterExpression }: FilterFields): Violation[] {
  const problem = (field: string, what: string): Violation => ({
    field,
    message: `is empty; leave it out where no filter is meant, or ${what}`,
  });
  return [
    ...(filter === "" ? [problem("filter", "name one")] : []),
    ...(filterExpression === "" ? [problem("filter_expression", "write an expression")] : []),
  ];
}

/** The filter that a request names, or the expression that it has in place of one. */
export function compiledFilter(
  { filter, filterExpression = "" }: FilterFields,
  { filters }: ReplicaView,
): CompiledFilter {
  return filter === undefined ? filters.compiled(filterExpression) : filters.named(filter);
}

function checkUse(filter: CompiledFilter, field: string, target: Target, { userId, itemId }: FilterSubject): void {
  const refuse = (where: string, message: string): PalateError =>
    invalidArgument(`${where} ${message}.`, [{ field: where, message }]);
  const selected = filter.expression.target;
  if (selected !== target) throw refuse(field, `selects ${selected}; this call needs one that selects ${target}`);
  if (filter.needsUser && userId === "") throw refuse("user_id", "is required, because the filter asks about the user");
  if (filter.needsCurrentItem && itemId === "") {
    throw refuse("item_id", "is required, because the filter asks about CurrentItem");
  }
}

/** A request about items that it lists. */
interface ListedItems extends FilterFields {
  /** The user's id. */
  readonly userId: string;
  /** Ids of the items. */
  readonly itemIds: readonly string[];
  /** Unix time in seconds that the answer is for; 0 means now. */
  readonly timestamp: number;
}

/**
 * Runs `use` with a function that tells which items of a request its filter lets through, those that nobody knows too: all, when
 * it has none.
 * @param now Unix time in seconds, used when the request names none
 */
export function withAllowed<T>(
  request: ListedItems,
  replica: ReplicaView,
  mask: ExclusionMask,
  now: number,
  use: (allowed: (id: string) => boolean) => T,
): T {
  const filter = boundFilter(request, replica, "ItemID", { userId: request.userId, itemId: "" });
  if (filter === undefined) return use(() => true);
  const subject = { user: replica.userIndex(request.userId), now: request.timestamp || now };
  const unknown = [...new Set(request.itemIds)].filter((id) => replica.itemIndex(id) < 0);
  const excluded = new Uint8Array(unknown.length);
  filter.markUnknown(subject, unknown, excluded);
  const excludedUnknown = new Set(unknown.filter((_, place) => excluded[place] === 1));
  return mask.with(
    [],
    replica.itemCount,
    (marks) => use((id) => (marks[replica.itemIndex(id)] ?? 0) === 0 && !excludedUnknown.has(id)),
    (marks) => filter.mark(subject, marks),
  );
}

/** Milliseconds that a request waits for a filter that the replica does not know yet, and between checks. */
const PATIENCE_MS = 300;
const CHECK_EVERY_MS = 5;

/**
 * Waits a moment for filters that a replica does not know: one that was just created is on its way, and its creator may
 * already use it. Resolves when they are known, and when they are not after that moment.
 * @param names filters that a request names
 * @param replica gives the replica as it is now
 */
export async function awaitFilters(names: readonly string[], replica: () => ReplicaView): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end && !knowsFilters(names, replica())) {
    await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
  }
}

/** Whether a replica knows all of these filters. */
export function knowsFilters(names: readonly string[], { filters }: ReplicaView): boolean {
  return names.every((name) => filters.has(name));
}
