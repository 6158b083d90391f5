import type { ItemVectors } from "../contract/item-vectors.js";
import type { ReplicaView } from "../data/replica-view.js";

/** How similar items are. */
export interface ItemSimilarity {
  /** Similarity of two items, 0 to 1; called for a few thousand pairs of an answer. */
  similarity(a: number, b: number): number;
  /** Values of the item that `maxPerValue` counts. */
  valuesOf(item: number): readonly string[];
}

/** Between several values of one item. */
const SEPARATOR = "|";

/** Remembers what `make` gives for each item. */
function perItem<T>(make: (item: number) => T): (item: number) => T {
  const made = new Map<number, T>();
  return (item) => {
    let value = made.get(item);
    if (value === undefined) made.set(item, (value = make(item)));
    return value;
  };
}

/** Cosine of the model's vectors, 0 where it is negative or one is missing. */
function byVectors(vectors: ItemVectors): ItemSimilarity["similarity"] {
  const none = new Float32Array(0);
  const unit = perItem((item) => {
    const vector = new Float32Array(vectors.dimension);
    if (!vectors.read(item, vector)) return none;
    const length = Math.hypot(...vector);
    return length > 0 ? vector.map((value) => value / length) : none;
  });
  return (a, b) => {
    const [left, right] = [unit(a), unit(b)];
    let product = 0;
    for (let k = 0; k < Math.min(left.length, right.length); k++) product += left[k]! * right[k]!;
    return Math.min(1, Math.max(0, product));
  };
}

/** Share of the values of either item that both have (Jaccard index); 0 when neither has any. */
function byValues(valuesOf: (item: number) => ReadonlySet<string>): ItemSimilarity["similarity"] {
  return (a, b) => {
    const [left, right] = [valuesOf(a), valuesOf(b)];
    let common = 0;
    for (const value of left) if (right.has(value)) common++;
    const either = left.size + right.size - common;
    return either > 0 ? common / either : 0;
  };
}

/**
 * The similarity of items: the cosine of the model's vectors where it has some, else the metadata values they share.
 * @param vectors the model's, if it has any
 * @param column the column whose values limits count, "" for none; without vectors, similarity then looks at this column instead of
 *   all
 */
export function itemSimilarityOf(
  replica: ReplicaView,
  vectors: ItemVectors | undefined,
  column: string,
): ItemSimilarity {
  const read = (item: number, name: string): string[] =>
    replica
      .itemAttribute(item, name)
      .split(SEPARATOR)
      .filter((value) => value !== "");
  const columns = column === "" ? replica.itemColumns : [column];
  const named = perItem(
    (item) => new Set(columns.flatMap((name) => read(item, name).map((value) => `${name}=${value}`))),
  );
  return {
    similarity: vectors ? byVectors(vectors) : byValues(named),
    valuesOf: column === "" ? () => [] : perItem((item) => read(item, column)),
  };
}
