import { SparseRowsBuilder, type SparseRows } from "@palate/numeric";
import type { AttributeColumn } from "@palate/recipe";
import { wordsOf } from "../text/words.js";
import { partsOf } from "./column-features.js";
import { columnKinds, type ColumnKind } from "./column-kind.js";

/** Share of the items above which a term is dropped as too common. */
const COMMON_SHARE = 0.5;
const ROWS_A_SLICE = 500;
/** Longest text read, in characters. */
const MAX_TEXT_LENGTH = 2000;

/** Which values and words each item's metadata holds. */
export interface MetadataTerms extends SparseRows {
  /** How many different terms there are. */
  readonly width: number;
}

/**
 * Metadata of items as a bag of terms: values of categorical columns and words of texts, each at most once in a row, weighted by
 * inverse document frequency (`log(items / items that have it)`, Spärck Jones 1972) and brought to length 1. Terms that only one
 * item has, or more than half of them, are dropped. Unlike `ContentEncoder` it does not reduce dimensions, so that items with the
 * same rare word are similar.
 * @param columns `TrainingData.itemAttributes`
 * @param count number of items; rows beyond a column's end have nothing
 * @param kinds what the schema says columns hold
 * @returns yields the share done
 */
export function* metadataTerms(
  columns: Readonly<Record<string, AttributeColumn>>,
  count: number,
  kinds: Readonly<Record<string, ColumnKind>> = {},
): Generator<number, MetadataTerms> {
  const read = [...columnKinds(columns, kinds)].filter(([, kind]) => kind === "categorical" || kind === "text");
  const numbers = new Map<string, number>();
  const items: number[] = [];
  const rows: number[][] = [];
  for (let item = 0; item < count; item++) {
    const row = new Set<number>();
    for (const [name, kind] of read) {
      const value = columns[name]![item] ?? null;
      for (const part of kind === "text" ? wordsOf(String(value ?? "").slice(0, MAX_TEXT_LENGTH)) : partsOf(value)) {
        const term = `${name}\0${part}`;
        const number = numbers.get(term) ?? numbers.size;
        if (number === numbers.size) {
          numbers.set(term, number);
          items.push(0);
        }
        if (row.has(number)) continue;
        row.add(number);
        items[number]!++;
      }
    }
    rows.push([...row]);
    if (item % ROWS_A_SLICE === 0) yield item / count;
  }
  const weights = items.map((holding) =>
    holding < 2 || holding > COMMON_SHARE * count ? 0 : Math.log(count / holding),
  );
  const builder = new SparseRowsBuilder();
  for (const row of rows) {
    let squares = 0;
    for (const term of row) squares += weights[term]! ** 2;
    const length = Math.sqrt(squares);
    for (const term of row) if (weights[term]! > 0) builder.add(term, weights[term]! / length);
    builder.endRow();
  }
  return { ...builder.finish(), width: numbers.size };
}
