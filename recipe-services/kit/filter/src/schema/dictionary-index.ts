import type { TextDictionary } from "./columns.js";

/** The values within a text: of "a|b" the parts and the whole. */
export function valuesWithin(text: string, multiValued: boolean): readonly string[] {
  if (!multiValued || !text.includes("|")) return [text];
  return [text, ...text.split("|").filter((part) => part !== "")];
}

/** Which codes of a dictionary have a value. Follows the dictionary as it grows; each text is read once. */
export class DictionaryIndex {
  readonly #column: TextDictionary;
  readonly #ignoreCase: boolean;
  readonly #codes = new Map<string, number[]>();
  #read = 0;

  constructor(column: TextDictionary, ignoreCase: boolean) {
    this.#column = column;
    this.#ignoreCase = ignoreCase;
  }

  /** Codes of the texts that are the value or have it among their values. */
  codesOf(value: string): readonly number[] {
    const column = this.#column;
    const { dictionary, multiValued } = column;
    if (column.codeOf !== undefined && !multiValued && !this.#ignoreCase) {
      const code = column.codeOf(value);
      return code < 0 ? [] : [code];
    }
    for (; this.#read < dictionary.length; this.#read++) {
      for (const part of valuesWithin(dictionary[this.#read]!, multiValued)) {
        const key = this.#key(part);
        const codes = this.#codes.get(key);
        if (codes === undefined) this.#codes.set(key, [this.#read]);
        else codes.push(this.#read);
      }
    }
    return this.#codes.get(this.#key(value)) ?? [];
  }

  #key(value: string): string {
    return this.#ignoreCase ? value.toLowerCase() : value;
  }
}

const exact = new WeakMap<TextDictionary, DictionaryIndex>();
const ignoringCase = new WeakMap<TextDictionary, DictionaryIndex>();

/** The index of a column, shared by all filters that read it. */
export function dictionaryIndex(column: TextDictionary, ignoreCase: boolean): DictionaryIndex {
  const indices = ignoreCase ? ignoringCase : exact;
  const index = indices.get(column) ?? new DictionaryIndex(column, ignoreCase);
  indices.set(column, index);
  return index;
}
