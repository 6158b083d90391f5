import type { AttributeColumn, SegmentTrait, TrainingData } from "@palate/recipe";
import { rowsByValue } from "../attribute-values.js";

/** A text column with more different values says which item it is, not of which kind. */
const MAX_VALUES = 1_000;
/** Most traits that are kept of a cluster. */
const MAX_TRAITS = 10;
/** Least lift of a trait. */
const MIN_LIFT = 1.2;
/** Traits in a label. */
const LABEL_TRAITS = 3;
/** A trait belongs into the label when it is at least this share as surprising as the first. */
const LABEL_SHARE = 0.6;
/** Occurrences that all together are counted beforehand, spread as everybody's are. */
const PRIOR = 100;

interface Candidate extends SegmentTrait {
  readonly surprise: number;
}

/** Occurrences of something in each cluster. */
type Counts = Float64Array;

/**
 * How surprising a count within a cluster is beside the count outside: the log-odds ratio with an informative Dirichlet
 * prior, in standard deviations (Monroe, Colaresi and Quinn 2008). It prefers neither the rare nor the frequent.
 */
function surprise(inside: number, insideTotal: number, outside: number, outsideTotal: number): number {
  const prior = (PRIOR * (inside + outside)) / (insideTotal + outsideTotal);
  const logOdds = (count: number, total: number): number =>
    Math.log((count + prior) / Math.max(1e-9, total + PRIOR - count - prior));
  const variance = 1 / (inside + prior) + 1 / (outside + prior);
  return (logOdds(inside, insideTotal) - logOdds(outside, outsideTotal)) / Math.sqrt(variance);
}

/** Traits of every cluster from counts of one thing. */
function candidates(
  trait: Pick<SegmentTrait, "dataset" | "column" | "value">,
  counts: Counts,
  totals: Counts,
  into: readonly Candidate[][],
): void {
  const everywhere = counts.reduce((sum, count) => sum + count, 0);
  const all = totals.reduce((sum, total) => sum + total, 0);
  counts.forEach((count, cluster) => {
    const total = totals[cluster]!;
    if (count === 0 || count === total * (everywhere / all)) return;
    const share = count / total;
    const lift = share / (everywhere / all);
    if (lift < MIN_LIFT) return;
    into[cluster]!.push({ ...trait, share, lift, surprise: surprise(count, total, everywhere - count, all - total) });
  });
}

/** Counts of interactions by item and cluster, one row for each item. */
function itemCounts({ itemIds, offsets, items }: TrainingData, clusterOf: Int32Array, clusters: number): Counts {
  const counts = new Float64Array(itemIds.length * clusters);
  clusterOf.forEach((cluster, user) => {
    if (cluster < 0) return;
    for (let k = offsets[user]!; k < offsets[user + 1]!; k++) counts[items[k]! * clusters + cluster]!++;
  });
  return counts;
}

function fromColumns(
  dataset: SegmentTrait["dataset"],
  columns: Readonly<Record<string, AttributeColumn>>,
  countsOf: (row: number) => Counts,
  totals: Counts,
  into: readonly Candidate[][],
): void {
  for (const [column, values] of Object.entries(columns)) {
    for (const [value, rows] of rowsByValue(values, MAX_VALUES)) {
      const counts = new Float64Array(totals.length);
      for (const row of rows) countsOf(row).forEach((count, cluster) => (counts[cluster]! += count));
      candidates({ dataset, column, value }, counts, totals, into);
    }
  }
}

/** A cluster in words. */
export interface ClusterDescription {
  /** Its most surprising traits. */
  readonly label: string;
  /** What sets it apart, most surprising first. */
  readonly traits: readonly SegmentTrait[];
}

function labelOf(traits: readonly Candidate[]): string {
  const said = traits.slice(0, LABEL_TRAITS).filter((trait) => trait.surprise >= LABEL_SHARE * traits[0]!.surprise);
  // A range or a bare number says nothing without its column's name.
  const words = said.map(({ column, value }) => (/^[-+.\d]/.test(value) ? `${column} ${value}` : value));
  return words.join(", ") || "as everybody";
}

/**
 * What sets each cluster apart, most surprising first: attributes of the items that its users choose and of the users
 * themselves; where nothing of that kind is known, the items.
 * @param clusterOf cluster of each user, -1 for none
 */
export function describeClusters(data: TrainingData, clusterOf: Int32Array, clusters: number): ClusterDescription[] {
  const chosen = itemCounts(data, clusterOf, clusters);
  const ofItem = (item: number): Counts => chosen.subarray(item * clusters, (item + 1) * clusters);
  const chosenTotals = new Float64Array(clusters);
  for (let item = 0; item < data.itemIds.length; item++)
    ofItem(item).forEach((count, cluster) => (chosenTotals[cluster]! += count));
  const userTotals = new Float64Array(clusters);
  for (const cluster of clusterOf) if (cluster >= 0) userTotals[cluster]!++;
  const ofUser = (user: number): Counts => {
    const one = new Float64Array(clusters);
    const cluster = clusterOf[user]!;
    if (cluster >= 0) one[cluster] = 1;
    return one;
  };

  const attributes = Array.from({ length: clusters }, (): Candidate[] => []);
  fromColumns("ITEMS", data.itemAttributes, ofItem, chosenTotals, attributes);
  fromColumns("USERS", data.userAttributes, ofUser, userTotals, attributes);
  const items = Array.from({ length: clusters }, (): Candidate[] => []);
  if (attributes.some((found) => found.length === 0))
    data.itemIds.forEach((value, item) =>
      candidates({ dataset: "ITEMS", column: "ITEM_ID", value }, ofItem(item), chosenTotals, items),
    );
  return attributes.map((found, cluster) => {
    const best = (found.length > 0 ? found : items[cluster]!).sort((a, b) => b.surprise - a.surprise);
    const traits = best.slice(0, MAX_TRAITS).map(({ surprise: _, ...trait }): SegmentTrait => trait);
    return { label: labelOf(best), traits };
  });
}
