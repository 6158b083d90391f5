import type { AttributeColumn, SegmentTrait, TrainingData } from "@palate/recipe";
import { rowsByValue } from "../attribute-values.js";

/** Text columns with more distinct values identify rows and are not used. */
const MAX_VALUES = 1_000;
/** Most traits of a cluster. */
const MAX_TRAITS = 10;
/** Minimum lift of a trait. */
const MIN_LIFT = 1.2;
/** Most traits in a label. */
const LABEL_TRAITS = 3;
/** A trait is in the label when its score is at least this share of the first trait's. */
const LABEL_SHARE = 0.6;
/** Strength of the Dirichlet prior: pseudo-counts in total, distributed as everybody's occurrences. */
const PRIOR = 100;

interface Candidate extends SegmentTrait {
  readonly distinctiveness: number;
}

/** Occurrences of something in each cluster. */
type Counts = Float64Array;

/**
 * How distinctive a count within a cluster is: the log-odds ratio against the count outside, with an informative Dirichlet prior, in
 * standard deviations (Monroe, Colaresi and Quinn 2008). It favours neither rare nor frequent values.
 */
function distinctiveness(inside: number, insideTotal: number, outside: number, outsideTotal: number): number {
  const prior = (PRIOR * (inside + outside)) / (insideTotal + outsideTotal);
  const logOdds = (count: number, total: number): number =>
    Math.log((count + prior) / Math.max(1e-9, total + PRIOR - count - prior));
  const variance = 1 / (inside + prior) + 1 / (outside + prior);
  return (logOdds(inside, insideTotal) - logOdds(outside, outsideTotal)) / Math.sqrt(variance);
}

/** Adds the traits of every cluster from the counts of one value. */
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
    into[cluster]!.push({
      ...trait,
      share,
      lift,
      distinctiveness: distinctiveness(count, total, everywhere - count, all - total),
    });
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

/** Description of a cluster. */
export interface ClusterDescription {
  /** Its most distinctive traits. */
  readonly label: string;
  /** Its traits, most distinctive first. */
  readonly traits: readonly SegmentTrait[];
}

function labelOf(traits: readonly Candidate[]): string {
  const labelled = traits
    .slice(0, LABEL_TRAITS)
    .filter((trait) => trait.distinctiveness >= LABEL_SHARE * traits[0]!.distinctiveness);
  // A range or a number means nothing without its column's name.
  const words = labelled.map(({ column, value }) => (/^[-+.\d]/.test(value) ? `${column} ${value}` : value));
  return words.join(", ") || "as everybody";
}

/**
 * Traits of each cluster, most distinctive first: attributes of the items that its users choose and of the users themselves; where
 * there are no attributes, the items.
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
    const best = (found.length > 0 ? found : items[cluster]!).sort((a, b) => b.distinctiveness - a.distinctiveness);
    const traits = best.slice(0, MAX_TRAITS).map(({ distinctiveness: _, ...trait }): SegmentTrait => trait);
    return { label: labelOf(best), traits };
  });
}
