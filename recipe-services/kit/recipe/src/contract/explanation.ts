/** One thing that speaks for an item. `weight` is its share of all that does, 0 to 1. */
export type Attribution =
  /** An item of the user's history, or the one that was asked about; by replica item index. */
  | { readonly kind: "item"; readonly item: number; readonly weight: number }
  /** A value of one of the item's columns. */
  | { readonly kind: "attribute"; readonly column: string; readonly value: string; readonly weight: number }
  /** So many users had it. */
  | { readonly kind: "popularity"; readonly users: number; readonly weight: number }
  /** It is had so many times as often as its past leads one to expect. */
  | { readonly kind: "trend"; readonly rise: number; readonly weight: number }
  /** It is shown to learn about it. */
  | { readonly kind: "exploration"; readonly weight: number }
  /** The promotion of that name put it there. */
  | { readonly kind: "promotion"; readonly name: string; readonly weight: number }
  /** The order in which the caller gave the items to be ranked. */
  | { readonly kind: "callerOrder"; readonly weight: number };

/** Why an item is where it is: what speaks for it, strongest first. Empty when nothing in particular does. */
export type Explanation = readonly Attribution[];

/** Causes that an explanation names at most. */
export const MAX_ATTRIBUTIONS = 5;

/** Causes weaker than this are left out: they explain nothing. */
const WEAKEST = 0.01;

/** An amount that speaks for an item, in any unit that all of its causes share. */
export interface Contribution {
  /** Replica item index. */
  readonly item: number;
  readonly amount: number;
}

/**
 * Turns what each of a user's items adds to a score into causes: the strongest few, as shares of everything that speaks for
 * it. What speaks against it, which has a negative amount, is left out. An item that comes several times counts once, with
 * the sum.
 * @param others amounts of other things that speak for it, which take their share but are not listed
 */
export function attributionsOf(contributions: Iterable<Contribution>, others = 0): Attribution[] {
  const sums = new Map<number, number>();
  for (const { item, amount } of contributions) sums.set(item, (sums.get(item) ?? 0) + amount);
  const positive = [...sums].filter(([, amount]) => amount > 0);
  const total = positive.reduce((sum, [, amount]) => sum + amount, Math.max(0, others));
  return positive
    .map(([item, amount]): Attribution => ({ kind: "item", item, weight: amount / total }))
    .filter(({ weight }) => weight >= WEAKEST)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_ATTRIBUTIONS);
}
