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
import { atPlaces } from "./list-places.js";

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

/** How far a list is needed. */
interface Extent {
  /** Items that earlier pages showed: they come first, as they did. */
  readonly shown: Int32Array;
  /** Items needed behind them. */
  readonly wanted: number;
}

/**
 * A recipe's list reordered so that neighbouring items are less similar; reads as much of the list as that takes.
 * @param ask gives the first `limit` items of the recipe's list
 * @param diversity checked with {@link diversityProblems}
 */
export function diversified(
  ask: (limit: number) => RankedItems,
  { shown, wanted }: Extent,
  { weight, column, maxPerValue, window }: Diversity,
  loaded: LoadedModel,
): RankedItems {
  const likeness = itemSimilarityOf(loaded.replica, vectorsOf(loaded), column.toUpperCase());
  const options = {
    weight,
    maxPerValue: maxPerValue > 0 ? maxPerValue : Infinity,
    window: window > 0 ? window : DEFAULT_WINDOW,
    before: shown,
  };
  for (let limit = shown.length + wanted + SPARE; ; limit *= 4) {
    const ranked = ask(limit);
    const complete = ranked.items.length < limit;
    const { first, others } = divided(ranked.items, shown);
    const items = others.map((place) => ranked.items[place]!);
    const { order, settled } = diversify(items, complete, wanted, options, likeness);
    if (settled || complete) return atPlaces(ranked, Int32Array.of(...first, ...order.map((at) => others[at]!)));
  }
}

/** Places of a list's items that were shown, in the order in which they were, and of the others. */
function divided(items: Int32Array, shown: Int32Array): { readonly first: Int32Array; readonly others: Int32Array } {
  const places = Int32Array.from(items.keys());
  if (shown.length === 0) return { first: shown, others: places };
  const placeOf = new Map(Array.from(items, (item, place) => [item, place]));
  const before = new Set(shown);
  return {
    first: shown.map((item) => placeOf.get(item) ?? -1).filter((place) => place >= 0),
    others: places.filter((place) => !before.has(items[place]!)),
  };
}
