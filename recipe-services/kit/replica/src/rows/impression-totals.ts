import type { ImpressionTotals } from "@palate/recipe";
import type { ChunkColumns } from "./chunk-columns.js";
import { ensureCapacity } from "./ensure-capacity.js";
import { IdIndex } from "./id-index.js";

const NOTHING = new Int32Array(0);

/** Impressions by item, and how many of them were chosen, counted over all interactions that have impressions. */
export class ImpressionTotalsCounter implements ImpressionTotals {
  #shown = new Int32Array(0);
  #chosen = new Int32Array(0);
  allShown = 0;
  allChosen = 0;

  shown(item: number): number {
    return this.#shown[item] ?? 0;
  }

  chosen(item: number): number {
    return this.#chosen[item] ?? 0;
  }

  /**
   * Counts one interaction.
   * @param items indices of what was on view
   * @param chosen index of what was interacted with
   */
  add(items: Int32Array, chosen: number): void {
    for (const item of items) {
      this.#shown = ensureCapacity(this.#shown, item + 1);
      this.#shown[item]!++;
    }
    this.allShown += items.length;
    if (!items.includes(chosen)) return;
    this.#chosen = ensureCapacity(this.#chosen, chosen + 1);
    this.#chosen[chosen]!++;
    this.allChosen++;
  }
}

/**
 * What was on view beside each row of a chunk, as indices of items known by then; nothing where the rows do not say.
 */
export function impressionsOf(chunk: ChunkColumns, items: IdIndex): (row: number) => Int32Array {
  if (!chunk.names.includes("IMPRESSION")) return () => NOTHING;
  const texts = new IdIndex();
  const column = chunk.internedColumn("IMPRESSION", texts);
  const known: (Int32Array | undefined)[] = [];
  return (row) => {
    const code = column.at(row);
    if (code < 0) return NOTHING;
    return (known[code] ??= Int32Array.from(new Set(texts.idOf(code).split("|")), (id) => items.indexOf(id)).filter(
      (item) => item >= 0,
    ));
  };
}
