import type { TextDictionary } from "../schema/columns.js";

/** Separates texts joined into one block; substrings that contain it are looked for text by text. */
const SEPARATOR = "\0";

/** A run of texts of a dictionary, one after the other in one string. */
interface Block {
  /** Code of its first text. */
  readonly first: number;
  /** The texts in lower case, one separator behind each. */
  readonly text: string;
  /** Where each text begins, and where the block ends. */
  readonly starts: Int32Array;
}

/** A last block with fewer texts than this is rebuilt together with new texts, so that blocks stay few. */
const MIN_BLOCK_TEXTS = 4096;

/**
 * Finds the dictionary texts that contain a substring, ignoring case. All texts are searched as one string, which is ten times as fast as one by one. Follows the dictionary as it grows.
 */
class TextSearch {
  readonly #blocks: Block[] = [];
  #textsRead = 0;

  constructor(private readonly column: TextDictionary) {}

  /** Sets `table[code + 1]` for each text that contains the substring, at least for codes from `from` on. */
  mark(substring: string, from: number, table: Uint8Array): void {
    this.#extend();
    const lowered = substring.toLowerCase();
    for (const block of this.#blocks) {
      if (block.first + block.starts.length - 1 > from) markBlock(block, lowered, table);
    }
  }

  #extend(): void {
    const { dictionary } = this.column;
    if (this.#textsRead === dictionary.length) return;
    const last = this.#blocks.at(-1);
    const first =
      last !== undefined && last.starts.length <= MIN_BLOCK_TEXTS ? this.#blocks.pop()!.first : this.#textsRead;
    const texts = dictionary.slice(first).map((text) => text.toLowerCase() + SEPARATOR);
    const starts = new Int32Array(texts.length + 1);
    texts.forEach((text, index) => (starts[index + 1] = starts[index]! + text.length));
    this.#blocks.push({ first, text: texts.join(""), starts });
    this.#textsRead = dictionary.length;
  }
}

function markBlock({ first, text, starts }: Block, lowered: string, table: Uint8Array): void {
  if (lowered.includes(SEPARATOR)) {
    // Rare enough to look at the texts one by one.
    for (let index = 0; index + 1 < starts.length; index++) {
      if (text.slice(starts[index], starts[index + 1]! - 1).includes(lowered)) table[first + index + 1] = 1;
    }
    return;
  }
  const end = text.length;
  for (let at = text.indexOf(lowered); at >= 0 && at < end;) {
    const index = textAt(starts, at);
    table[first + index + 1] = 1;
    at = text.indexOf(lowered, starts[index + 1]);
  }
}

/** Index of the last text that starts at or before a position. */
function textAt(starts: Int32Array, position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= position) low = middle;
    else high = middle;
  }
  return low;
}

const searches = new WeakMap<TextDictionary, TextSearch>();

/** The search of a column, shared by all filters that look into it. */
export function textSearch(column: TextDictionary): TextSearch {
  const search = searches.get(column) ?? new TextSearch(column);
  searches.set(column, search);
  return search;
}
