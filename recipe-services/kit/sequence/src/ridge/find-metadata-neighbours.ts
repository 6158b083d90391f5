import type { MetadataTerms } from "@palate/features";
import { SummedRowsBuilder, type SparseRows, selectTop, breathe, type Hooks } from "@palate/numeric";

/** Items kept of those alike to one. */
const MOST_NEIGHBOURS = 100;
/** Power of an item's interactions by which it is preferred to others as alike. */
const POPULARITY = 0.25;
/** Items looked at for one, at most, and for all together: those that share its rarest terms first. */
const MOST_LOOKED_AT = 30_000;
const MOST_OF_ALL = 1e9;
const ROWS_A_SLICE = 100;

/**
 * For each item those whose metadata is most alike to its own: the cosine of their terms, times a power of how often they were
 * chosen (of two equally alike the one that is liked is the better guess). At most a hundred each, itself not among them.
 * @param counts interactions of each item
 * @throws the signal's reason when stopped
 */
export async function contentNeighbours(
  { offsets, columns, values, width }: MetadataTerms,
  counts: Int32Array,
  { signal }: Pick<Hooks, "signal"> = {},
): Promise<SparseRows> {
  const itemCount = counts.length;
  const byTerm = transposed({ offsets, columns, values }, width);
  const liked = Float32Array.from(counts, (count) => (1 + count) ** POPULARITY);
  const most = Math.min(MOST_LOOKED_AT, Math.ceil(MOST_OF_ALL / Math.max(1, itemCount)));
  const alike = new Float32Array(itemCount);
  const touched = new Int32Array(itemCount);
  const builder = new SummedRowsBuilder(itemCount, itemCount);
  const rarity = (at: number): number => byTerm.offsets[columns[at]! + 1]! - byTerm.offsets[columns[at]!]!;
  for (let item = 0; item < itemCount; item++) {
    const entries = Array.from({ length: offsets[item + 1]! - offsets[item]! }, (_, k) => offsets[item]! + k);
    entries.sort((one, other) => rarity(one) - rarity(other));
    let [count, looked] = [0, 0];
    for (const entry of entries) {
      looked += rarity(entry);
      if (looked > most) break;
      const term = columns[entry]!;
      for (let at = byTerm.offsets[term]!; at < byTerm.offsets[term + 1]!; at++) {
        const other = byTerm.columns[at]!;
        if (alike[other] === 0) touched[count++] = other;
        alike[other]! += values[entry]! * byTerm.values[at]!;
      }
    }
    alike[item] = 0;
    const found = touched.subarray(0, count).sort();
    const top = selectTop(
      Float32Array.from(found, (other) => alike[other]! * liked[other]!),
      MOST_NEIGHBOURS,
    );
    top.indices.forEach((place, k) => {
      if (top.scores[k]! > 0) builder.add(found[place]!, top.scores[k]!);
    });
    builder.endRow();
    for (const other of found) alike[other] = 0;
    if (item % ROWS_A_SLICE === 0) await breathe(signal);
  }
  return builder.finish();
}

/** The same entries by column: rows are terms, columns items. */
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
