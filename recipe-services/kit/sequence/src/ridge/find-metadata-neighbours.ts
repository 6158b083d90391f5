import type { MetadataTerms } from "@palate/features";
import { type SparseRows, SummedRowsBuilder, selectTop, yieldToEventLoop } from "@palate/numeric";
import type { ComputationOptions } from "../sequences/computation-options.js";

/** Neighbours kept of each item. */
const MAX_NEIGHBOURS = 100;
/** Power of an item's number of interactions that its similarity is multiplied with. */
const POPULARITY = 0.25;
/** Candidates visited for one item, and for all items together, at most: those that share the item's rarest terms first. */
const MAX_VISITED = 30_000;
const MAX_VISITED_OVERALL = 1e9;
/** Items between two pauses. */
const ROWS_A_SLICE = 100;

/**
 * The nearest neighbours of each item by metadata: by the cosine of their terms, times a power of their popularity (of two items
 * equally similar the popular one is the better guess). At most a hundred each, the item itself not among them.
 * @param counts interactions of each item
 * @throws the signal's reason when stopped
 */
export async function findMetadataNeighbours(
  { offsets, columns, values, width }: MetadataTerms,
  counts: Int32Array,
  { signal }: Pick<ComputationOptions, "signal"> = {},
): Promise<SparseRows> {
  const itemCount = counts.length;
  const byTerm = transposed({ offsets, columns, values }, width);
  const popularity = Float32Array.from(counts, (count) => (1 + count) ** POPULARITY);
  const most = Math.min(MAX_VISITED, Math.ceil(MAX_VISITED_OVERALL / Math.max(1, itemCount)));
  const similarities = new Float32Array(itemCount);
  const touched = new Int32Array(itemCount);
  const builder = new SummedRowsBuilder(itemCount, itemCount);
  const frequency = (at: number): number => byTerm.offsets[columns[at]! + 1]! - byTerm.offsets[columns[at]!]!;
  for (let item = 0; item < itemCount; item++) {
    const entries = Array.from({ length: offsets[item + 1]! - offsets[item]! }, (_, k) => offsets[item]! + k);
    entries.sort((one, other) => frequency(one) - frequency(other));
    let [count, visited] = [0, 0];
    for (const entry of entries) {
      visited += frequency(entry);
      if (visited > most) break;
      const term = columns[entry]!;
      for (let at = byTerm.offsets[term]!; at < byTerm.offsets[term + 1]!; at++) {
        const other = byTerm.columns[at]!;
        if (similarities[other] === 0) touched[count++] = other;
        similarities[other]! += values[entry]! * byTerm.values[at]!;
      }
    }
    similarities[item] = 0;
    const found = touched.subarray(0, count).sort();
    const top = selectTop(
      Float32Array.from(found, (other) => similarities[other]! * popularity[other]!),
      MAX_NEIGHBOURS,
    );
    top.indices.forEach((rank, k) => {
      if (top.scores[k]! > 0) builder.add(found[rank]!, top.scores[k]!);
    });
    builder.endRow();
    for (const other of found) similarities[other] = 0;
    if (item % ROWS_A_SLICE === 0) await yieldToEventLoop(signal);
  }
  return builder.finish();
}

/** The transpose: rows are terms, columns items. */
function transposed(
  { offsets, columns, values }: Pick<MetadataTerms, "offsets" | "columns" | "values">,
  width: number,
): Pick<MetadataTerms, "offsets" | "columns" | "values"> {
  const starts = new Int32Array(width + 1);
  for (const column of columns) starts[column + 1]!++;
  for (let term = 0; term < width; term++) starts[term + 1]! += starts[term]!;
  const next = starts.slice();
  const [items, weights] = [new Int32Array(columns.length), new Float32Array(columns.length)];
  for (let item = 0; item + 1 < offsets.length; item++) {
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
      const to = next[columns[at]!]!++;
      items[to] = item;
      weights[to] = values[at]!;
    }
  }
  return { offsets: starts, columns: items, values: weights };
}
