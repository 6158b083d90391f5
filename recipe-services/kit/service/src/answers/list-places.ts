import type { RankedItems } from "@palate/recipe";

/** A list's entries at these places, in this order. */
export function atPlaces({ items, scores, reasons, ...rest }: RankedItems, places: Int32Array): RankedItems {
  return {
    ...rest,
    items: places.map((place) => items[place]!),
    scores: scores && Float32Array.from(places, (place) => scores[place]!),
    ...(reasons && { reasons: Array.from(places, (place) => reasons[place]!) }),
  };
}
