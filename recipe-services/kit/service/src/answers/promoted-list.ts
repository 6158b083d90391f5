import { Random } from "@palate/numeric";
import { PromotionPlacement } from "@palate/proto/recipe";
import type { RankedItems, ItemSource } from "@palate/recipe";
import type { BoundPromotion } from "./promotions.js";

/** A list with promoted items among the others. */
export interface PromotedItems extends RankedItems {
  /** Name of the promotion that put each item there; empty for the others. */
  readonly promotions: readonly string[];
}

/** What a list with promotions is made of. */
export interface PromotedListOptions {
  /** The list without them, best first. */
  readonly ordinary: RankedItems;
  /** The promotions; of two that want the same place, the first has it. */
  readonly promotions: readonly BoundPromotion[];
  /** Items that a promotion may show, best first. */
  readonly ask: (promotion: BoundPromotion, limit: number) => RankedItems;
  /** Items of a page; shares and ranks are of pages of this size. */
  readonly pageSize: number;
  /** How many items are needed. */
  readonly wanted: number;
  /** Fixes random places: with the same seed a longer list begins with the shorter one. */
  readonly seed: number;
}

/** One list while it is read. */
interface Reading {
  readonly ranked: RankedItems;
  readonly name: string;
  next: number;
}

/**
 * Puts promoted items into a list. Every page has as many places for each promotion as its share says; at such a place stands
 * the best item of the promotion that is not in the list yet, or, when there is none, the next of the others. Where the others
 * are used up the list ends with the page.
 */
export function promotedList(options: PromotedListOptions): PromotedItems {
  const { ordinary, promotions, ask, pageSize, wanted, seed } = options;
  // An item may be in several lists, so each is read as far as the answer is long.
  const lists = promotions.map((one): Reading => ({ ranked: ask(one, wanted), name: one.name, next: 0 }));
  const others: Reading = { ranked: ordinary, name: "", next: 0 };
  const used = new Set<number>();
  const chosen: { readonly from: Reading; readonly at: number }[] = [];
  const take = (from: Reading): boolean => {
    const { items } = from.ranked;
    while (from.next < items.length && used.has(items[from.next]!)) from.next++;
    if (from.next >= items.length) return false;
    used.add(items[from.next]!);
    chosen.push({ from, at: from.next++ });
    return true;
  };
  for (let page = 0, complete = true; complete && chosen.length < wanted; page++) {
    const places = placesOf(promotions, pageSize, seed + page);
    for (const promotion of places) {
      if (promotion >= 0 && take(lists[promotion]!)) continue;
      complete = take(others) && complete;
    }
  }
  return listOf(chosen.slice(0, wanted));
}

/** Which promotion has each place of a page; -1 where none has. */
export function placesOf(promotions: readonly BoundPromotion[], pageSize: number, seed: number): Int8Array {
  const places = new Int8Array(pageSize).fill(-1);
  const random = new Random(seed);
  const left = promotions.map((promotion) => promotion.count(pageSize));
  promotions.forEach(({ positions }, index) => {
    for (const position of positions.slice(0, left[index])) if (position <= pageSize) places[position - 1] = index;
  });
  promotions.forEach(({ positions, placement }, index) => {
    if (positions.length > 0) return;
    const free = Array.from(places.keys()).filter((place) => places[place] === -1);
    for (const place of choose(free, left[index]!, placement, pageSize, random)) places[place] = index;
  });
  return places;
}

/** As many of the free places as wanted, or all. */
function choose(
  free: readonly number[],
  count: number,
  placement: PromotionPlacement,
  pageSize: number,
  random: Random,
): readonly number[] {
  if (count >= free.length) return free;
  switch (placement) {
    case PromotionPlacement.PROMOTION_PLACEMENT_TOP:
      return free.slice(0, count);
    case PromotionPlacement.PROMOTION_PLACEMENT_BOTTOM:
      return free.slice(free.length - count);
    case PromotionPlacement.PROMOTION_PLACEMENT_EVEN:
      return evenly(free, count, pageSize);
    default: {
      const shuffled = [...free];
      random.shuffle(shuffled);
      return shuffled.slice(0, count);
    }
  }
}

/** The free places closest to the middles of `count` equal parts of the page. */
function evenly(free: readonly number[], count: number, pageSize: number): readonly number[] {
  const left = new Set(free);
  return Array.from({ length: count }, (_, part) => {
    const middle = ((part + 0.5) * pageSize) / count - 0.5;
    let best = -1;
    for (const place of left) if (best < 0 || Math.abs(place - middle) < Math.abs(best - middle)) best = place;
    left.delete(best);
    return best;
  });
}

function listOf(chosen: readonly { readonly from: Reading; readonly at: number }[]): PromotedItems {
  const scored = chosen.every(({ from }) => from.ranked.scores !== null);
  return {
    items: Int32Array.from(chosen, ({ from, at }) => from.ranked.items[at]!),
    scores: scored ? Float32Array.from(chosen, ({ from, at }) => from.ranked.scores![at]!) : null,
    reasons: chosen.map(({ from, at }): ItemSource =>
      from.name === "" ? (from.ranked.reasons?.[at] ?? "model") : "promoted",
    ),
    promotions: chosen.map(({ from }) => from.name),
  };
}
