import { columnKey } from "../../schema/column-name.js";

/** A place in a file's row: a column, counted from 0, and a path into it. */
export interface FilePlace {
  readonly column: number;
  readonly path: readonly string[];
}

/** Finds columns of a file by the ways in which a mapping may name them. */
export class FileColumns {
  readonly #names: readonly string[];

  /** @param names the file's columns in its order */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /**
   * The place that a name, a position such as "#3" or a path such as "properties.sku" means.
   * @returns what is wrong with it, when it means none or several
   */
  find(reference: string): FilePlace | string {
    const direct = this.#column(reference);
    if (direct !== undefined) return typeof direct === "string" ? direct : { column: direct, path: [] };
    const parts = reference.split(".");
    for (let end = parts.length - 1; end > 0; end--) {
      const column = this.#column(parts.slice(0, end).join("."));
      if (typeof column === "string") return column;
      if (column !== undefined) return { column, path: parts.slice(end) };
    }
    return `"${reference}" is not in the file, which has ${this.#list()}`;
  }

  /** The column with the same name, as capitals and underscores do not count; undefined when there is none, or several. */
  same(name: string): number | undefined {
    const column = this.#column(name);
    return typeof column === "number" ? column : undefined;
  }

  /** What a column is called: its name, or its position when it has none. */
  nameOf(column: number): string {
    return this.#names[column]?.trim() || `#${column + 1}`;
  }

  #column(name: string): number | string | undefined {
    const exact = this.#names.flatMap((each, place) => (each === name ? [place] : []));
    const position = /^#([1-9][0-9]*)$/.exec(name);
    const places = exact.length > 0 || position !== null ? exact : this.#similar(name);
    if (places.length > 1) {
      const positions = places.map((place) => `#${place + 1}`).join(" or ");
      return `"${name}" comes ${places.length} times in the file; name it by its position, ${positions}`;
    }
    if (places.length === 1) return places[0];
    if (position === null) return undefined;
    const column = Number(position[1]) - 1;
    return column < this.#names.length ? column : `${name} is not in the file, which has ${this.#names.length} columns`;
  }

  #similar(name: string): number[] {
    const key = columnKey(name.trim());
    const letters = otherLetters(name);
    return this.#names.flatMap((each, place) => {
      const isSame = columnKey(each.trim()) === key && (letters === "" || otherLetters(each) === letters);
      return isSame ? [place] : [];
    });
  }

  #list(): string {
    const text = this.#names.map((_, column) => this.nameOf(column)).join(", ");
    return text.length > 300 ? `${text.slice(0, 300)}…` : text;
  }
}

/** The letters and digits of a name of which a column's key knows nothing: those of other scripts than the Latin one. */
function otherLetters(name: string): string {
  return name.normalize("NFKD").replace(/[\p{ASCII}\p{M}]|[^\p{L}\p{N}]/gu, "");
}
