import type { BoundFilter } from "@palate/filter";
import { invalidArgument, PalateError, type Violation } from "@palate/host";
import type { GetRecommendationsRequest, Promotion, PromotionPlacement } from "@palate/proto/recipe";
import type { ReplicaView } from "@palate/recipe";
import { boundFilter, emptyFilterProblems } from "../serving/filters.js";
import { MAX_RESULTS } from "../serving/limits.js";

/** Most promotions of a request. */
const MAX_PROMOTIONS = 10;

/** A promotion with its filter ready. */
export interface BoundPromotion {
  /** Its name. */
  readonly name: string;
  /** Lets through what may be promoted. */
  readonly filter: BoundFilter;
  /** Where its items stand. */
  readonly placement: PromotionPlacement;
  /** Exact ranks within a page, from 1, in rising order; none where the placement rules. */
  readonly positions: readonly number[];
  /** How many items of a page it may have at most. */
  count(pageSize: number): number;
}

/**
 * The promotions of a request, checked and with their filters ready.
 * @throws PalateError `invalid_argument` naming every field that is wrong, and what {@link boundFilter} throws, naming the
 *   promotion
 */
export function boundPromotions(request: GetRecommendationsRequest, replica: ReplicaView): readonly BoundPromotion[] {
  const { promotions } = request;
  if (promotions.length === 0) return [];
  const violations = problemsOf(promotions);
  if (violations.length > 0) {
    const all = violations.map(({ field, message }) => `${field} ${message}`).join("; ");
    throw invalidArgument(`The request is not usable: ${all}.`, violations);
  }
  return promotions.map((promotion): BoundPromotion => {
    const { name, placement, percentPromotedItems: percent, maxItems } = promotion;
    const positions = promotion.positions.toSorted((a, b) => a - b);
    const filter = filterOf(promotion, request, replica);
    const count = (pageSize: number): number => {
      // Rounded up: the smallest share of a short page is one item.
      const share = percent === 0 ? pageSize : Math.ceil((pageSize * percent) / 100);
      return Math.min(share, maxItems || pageSize, positions.length || pageSize);
    };
    return { name, filter, placement, positions, count };
  });
}

function filterOf(promotion: Promotion, request: GetRecommendationsRequest, replica: ReplicaView): BoundFilter {
  try {
    return boundFilter(promotion, replica, "ItemID", request)!;
  } catch (thrown) {
    if (!(thrown instanceof PalateError)) throw thrown;
    throw new PalateError(thrown.code, `Promotion "${promotion.name}": ${thrown.message}`, thrown.details);
  }
}

function problemsOf(promotions: readonly Promotion[]): Violation[] {
  const violations: Violation[] = [];
  const say = (field: string, message: string): unknown => violations.push({ field, message });
  if (promotions.length > MAX_PROMOTIONS)
    say("promotions", `are ${promotions.length}; at most ${MAX_PROMOTIONS} are right`);
  const names = new Set<string>();
  const places = new Set<number>();
  promotions.forEach((promotion, index) => {
    const at = (field: string): string => `promotions[${index}].${field}`;
    const { name, percentPromotedItems: percent, positions, maxItems } = promotion;
    if (name === "") say(at("name"), "is missing; it tells promoted items apart in the answer");
    if (names.has(name)) say(at("name"), `is "${name}", as another promotion's; names must differ`);
    names.add(name);
    for (const { field, message } of emptyFilterProblems(promotion)) say(at(field), message);
    if (promotion.filter === undefined && promotion.filterExpression === undefined)
      say(at("filter"), "is missing; name a filter, or write a filter_expression, that says what may be promoted");
    if (percent < 0 || percent > 100 || (percent === 0 && positions.length === 0))
      say(at("percent_promoted_items"), `is ${percent}; it must be from 1 to 100`);
    if (maxItems < 0) say(at("max_items"), `is ${maxItems}; it must be 1 or more, or 0 for no limit but the share`);
    for (const position of positions) {
      if (position < 1 || position > MAX_RESULTS) say(at("positions"), `has ${position}; ranks count from 1`);
      if (places.has(position)) say(at("positions"), `has ${position}, which is taken`);
      places.add(position);
    }
  });
  const total = promotions.reduce((sum, { percentPromotedItems }) => sum + percentPromotedItems, 0);
  if (total > 100) say("promotions", `have ${total} % of the items together; at most 100 are right`);
  return violations;
}
