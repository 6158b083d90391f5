import type { Violation } from "@palate/host";
import type { Diversity } from "@palate/proto/recipe";
import {
  CoOccurrenceVectors,
  diversify,
  itemSimilarityOf,
  type ItemVectors,
  type RankedItems,
  type ReplicaView,
} from "@palate/recipe";
import type { LoadedModel } from "../serving/serving-hub.js";

const DEFAULT_WINDOW = 25;
const MAX_WINDOW = 1_000;
/** Candidates requested beyond the items needed, so that there is something to choose from. */
const SPARE = 200;

/** The problems of a request's diversity options: each field, and what would be right. */
export function diversityProblems(diversity: Diversity, { replica }: LoadedModel): Violation[] {
  const { weight, column, maxPerValue, window } = diversity;
  const problems: Violation[] = [];
  const say = (field: string, message: string): void => void problems.push({ field: `diversity.${field}`, message });
  const columns = replica.itemColumns;
  if (!(weight >= 0 && weight <= 1)) say("weight", `is ${weight}; it must be from 0 to 1`);
  if (column !== "" && !columns.includes(column.toUpperCase()))
    say("column", `is "${column}", which items do not have; known columns: ${columns.join(", ") || "none"}`);
  if (maxPerValue < 0) say("max_per_value", `is ${maxPerValue}; it must be 1 or more, or 0 for no limit`);
  if (maxPerValue > 0 && column === "") say("max_per_value", "needs a column, whose values it counts");
  if (window < 0 || window > MAX_WINDOW)
    say("window", `is ${window}; it must be from 1 to ${MAX_WINDOW}, or 0 for ${DEFAULT_WINDOW}`);
  return problems;
}

/** Item similarity where neither model nor metadata give any; one for each replica, made when it is first needed. */
const coOccurrences = new WeakMap<ReplicaView, CoOccurrenceVectors>();

function vectorsOf({ model, replica }: LoadedModel): ItemVectors | undefined {
  if (model.itemVectors !== undefined || replica.itemColumns.length > 0) return model.itemVectors;
  let vectors = coOccurrences.get(replica);
  if (vectors === undefined)
    coOccurrences.set(replica, (vectors = new CoOccurrenceVectors(replica, () => performance.now())));
  return vectors;
}

/**
 * A recipe's list reordered so that neighbouring items are less similar; reads as much of the list as that takes.
 * @param ask gives the first `limit` items of the recipe's list
 * @param wanted items needed
 * @param diversity checked with {@link diversityProblems}
 */
export function diversified(
  ask: (limit: number) => RankedItems,
  wanted: number,
  { weight, column, maxPerValue, window }: Diversity,
  loaded: LoadedModel,
): RankedItems {
  const likeness = itemSimilarityOf(loaded.replica, vectorsOf(loaded), column.toUpperCase());
  const options = {
    weight,
    maxPerValue: maxPerValue > 0 ? maxPerValue : Infinity,
    window: window > 0 ? window : DEFAULT_WINDOW,
  };
  for (let limit = wanted + SPARE; ; limit *= 4) {
    const ranked = ask(limit);
    const complete = ranked.items.length < limit;
    const { order, settled } = diversify(ranked.items, complete, wanted, options, likeness);
    if (settled || complete) return inOrder(ranked, order);
  }
}

/** The same answer with its entries at these places, in this order. */
function inOrder({ items, scores, reasons, ...rest }: RankedItems, places: Int32Array): RankedItems {
  return {
    ...rest,
    items: places.map((place) => items[place]!),
    scores: scores && Float32Array.from(places, (place) => scores[place]!),
    ...(reasons && { reasons: Array.from(places, (place) => reasons[place]!) }),
  };
}
