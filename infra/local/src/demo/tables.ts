import Table from "cli-table3";
import pc from "picocolors";

/** One product in a list that is shown. */
export interface ShownProduct {
  /** Its name. */
  readonly name: string;
  /** Its score or its date; empty for none. */
  readonly note: string;
  /** Whether it was not in the list shown before. */
  readonly isNew?: boolean;
}

/** One column: what it is, and its products from the top. */
export interface ShownList {
  /** Heading. */
  readonly title: string;
  /** Products, best or newest first. */
  readonly products: readonly ShownProduct[];
}

const NARROWEST_NAME = 18;
const WIDEST_NAME = 34;

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1).trimEnd()}…`;
}

/**
 * Lists side by side as a table, no wider than the terminal where that can be done.
 * @param columns width of the terminal in characters
 */
export function sideBySide(lists: readonly ShownList[], columns: number): string {
  const notes = lists.map(({ products }) => Math.max(0, ...products.map(({ note }) => note.length)));
  const frame = 3 * lists.length + 1 + notes.reduce((sum, width) => sum + width + 1, 0);
  const width = Math.max(NARROWEST_NAME, Math.min(WIDEST_NAME, Math.floor((columns - frame) / lists.length)));
  const table = new Table({
    head: lists.map(({ title }) => pc.bold(title)),
    style: { head: [], border: pc.isColorSupported ? ["gray"] : [], compact: true },
  });
  const rows = Math.max(...lists.map(({ products }) => products.length));
  for (let row = 0; row < rows; row++) {
    table.push(
      lists.map(({ products }, column) => {
        const product = products[row];
        if (!product) return "";
        const name = shorten(product.name, width).padEnd(width);
        const note = pc.dim(product.note.padStart(notes[column] ?? 0));
        return `${product.isNew ? pc.green(name) : name} ${note}`;
      }),
    );
  }
  return table.toString();
}
