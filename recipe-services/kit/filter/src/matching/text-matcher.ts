import type { TextColumn, TextDictionary } from "../schema/columns.js";
import { dictionaryIndex, valuesWithin } from "../schema/dictionary-index.js";
import type { Matcher } from "./matcher.js";
import type { Evaluation } from "./evaluation.js";
import { textSearch } from "./text-search.js";

/** A text test as a table with 1 at `code + 1` of each text that meets it; the first element is for rows without a text. */
abstract class TextMatcher implements Matcher {
  readonly usesNow = false;
  readonly usesCurrentItem: boolean = false;
  protected table = new Uint8Array(1);

  constructor(protected readonly column: TextDictionary) {}

  abstract prepare(evaluation: Evaluation): void;

  matches(code: number): boolean {
    return this.table[code + 1] === 1;
  }

  fill(codes: Float64Array | Int32Array, mask: Uint8Array, count: number): void {
    const { table } = this;
    for (let i = 0; i < count; i++) mask[i] = table[codes[i]! + 1]!;
  }

  /** A table with room for all texts of the column: the one there is, or a larger one with the same content. */
  protected ensureCapacity(): Uint8Array {
    const needed = this.column.dictionary.length + 1;
    if (needed > this.table.length) {
      const larger = new Uint8Array(needed + (needed >> 2));
      larger.set(this.table);
      this.table = larger;
    }
    return this.table;
  }
}

/** Texts that are, or have among their values, any of some values. */
export class TextListMatcher extends TextMatcher {
  #read = -1;

  /** @param ignoreCase whether upper and lower case are equal */
  constructor(
    column: TextDictionary,
    private readonly values: readonly string[],
    private readonly ignoreCase: boolean,
  ) {
    super(column);
  }

  prepare(): void {
    if (this.#read === this.column.dictionary.length) return;
    const table = this.ensureCapacity();
    const index = dictionaryIndex(this.column, this.ignoreCase);
    for (const value of this.values) for (const code of index.codesOf(value)) table[code + 1] = 1;
    this.#read = this.column.dictionary.length;
  }
}

/** Every text, and no text too: an event of any type. */
export class AnyTextMatcher extends TextMatcher {
  prepare(): void {
    this.ensureCapacity().fill(1);
  }
}

/** Texts that contain any of some substrings, ignoring case. */
export class ContainsMatcher extends TextMatcher {
  #read = 0;

  constructor(
    column: TextDictionary,
    private readonly substrings: readonly string[],
  ) {
    super(column);
  }

  prepare(): void {
    const { length } = this.column.dictionary;
    if (this.#read === length) return;
    const table = this.ensureCapacity();
    const search = textSearch(this.column);
    for (const substring of this.substrings) search.mark(substring, this.#read, table);
    this.#read = length;
  }
}

/** Texts that share a value with the current item's text in some column. */
export class SharedTextMatcher extends TextMatcher {
  override readonly usesCurrentItem = true;
  #list: TextListMatcher | undefined;
  #text: string | undefined;

  /** @param other the current item's column */
  constructor(
    column: TextDictionary,
    private readonly other: TextColumn,
    private readonly ignoreCase: boolean,
  ) {
    super(column);
  }

  prepare({ currentItem }: Evaluation): void {
    const text = this.other.dictionary[this.other.values[currentItem] ?? -1];
    if (this.#list === undefined || text !== this.#text) {
      const values = text === undefined ? [] : valuesWithin(text, this.other.multiValued);
      this.#list = new TextListMatcher(this.column, values, this.ignoreCase);
      this.#text = text;
    }
    this.#list.prepare();
  }

  override matches(code: number): boolean {
    return this.#list!.matches(code);
  }

  override fill(codes: Int32Array, mask: Uint8Array, count: number): void {
    this.#list!.fill(codes, mask, count);
  }
}
