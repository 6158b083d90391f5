/** One contribution to an item's score. `weight` is its share of everything that raised the score, 0 to 1. */
export type Attribution =
  /** An item of the user's history, or the one that was asked about; by replica item index. */
  | { readonly kind: "item"; readonly item: number; readonly weight: number }
  /** A value of one of the item's columns. */
  | { readonly kind: "attribute"; readonly column: string; readonly value: string; readonly weight: number }
  /** The number of users who interacted with it. */
  | { readonly kind: "popularity"; readonly users: number; readonly weight: number }
  /** Its interactions now, as a multiple of what its past would lead one to expect. */
  | { readonly kind: "trend"; readonly rise: number; readonly weight: number }
  /** It was shown to learn about it. */
  | { readonly kind: "exploration"; readonly weight: number }
  /** The promotion of that name put it there. */
  | { readonly kind: "promotion"; readonly name: string; readonly weight: number }
  /** The order in which the caller gave the items to be ranked. */
  | { readonly kind: "callerOrder"; readonly weight: number };

/** Why an item is where it is: its attributions, strongest first. Empty when nothing in particular explains it. */
export type Explanation = readonly Attribution[];

/** Most attributions in one explanation. */
export const MAX_ATTRIBUTIONS = 5;

/** Attributions below this weight are left out: they explain nothing. */
const MIN_WEIGHT = 0.01;

/** How much one of the user's items added to a score, in any unit that all contributions to that score share. */
export interface Contribution {
  /** Replica item index. */
  readonly item: number;
  readonly amount: number;
}

/**
 * Turns contributions to a score into attributions: the strongest few, each as a share of all that raised the score. Negative
 * contributions, which lowered it, are left out. An item that comes several times counts once, with the sum.
 * @param others contributions of other things, which take their share but are not listed
 */
export function attributionsOf(contributions: Iterable<Contribution>, others = 0): Attribution[] {
  const sums = new Map<number, number>();
  for (const { item, amount } of contributions) sums.set(item, (sums.get(item) ?? 0) + amount);
  const positive = [...sums].filter(([, amount]) => amount > 0);
  const total = positive.reduce((sum, [, amount]) => sum + amount, Math.max(0, others));
  return positive
    .map(([item, amount]): Attribution => ({ kind: "item", item, weight: amount / total }))
    .filter(({ weight }) => weight >= MIN_WEIGHT)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_ATTRIBUTIONS);
}
