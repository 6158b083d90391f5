import { isNegativeEvent, isTakenBack, takingBack } from "@palate/recipe";
import type { HistoryArena } from "./history-arena.js";

const NOTHING = new Int32Array(0);

/** What an event type says, by its code: 1 hides, -1 takes that back, 0 neither. */
type Meanings = { readonly dictionary: readonly string[]; readonly meanings: number[] };

/** Items that users have rejected, by the types of their events. */
export class NegativeHistory {
  readonly #histories: HistoryArena;
  readonly #hiding = new Map<string, Meanings>();
  readonly #negative: Meanings;

  /** @param histories with a column EVENT_TYPE, or without when no event has a type */
  constructor(histories: HistoryArena) {
    this.#histories = histories;
    this.#negative = { dictionary: this.#dictionary, meanings: [] };
  }

  /**
   * Items that are hidden by a user's newest event with a hiding or unhiding type.
   * @param eventTypes types that hide; upper and lower case are the same. "un" before one takes it back
   */
  hidden(user: number, eventTypes: readonly string[]): Int32Array {
    if (eventTypes.length === 0) return NOTHING;
    const key = eventTypes.join("\n");
    let known = this.#hiding.get(key);
    if (known === undefined) this.#hiding.set(key, (known = { dictionary: this.#dictionary, meanings: [] }));
    const names = eventTypes.map((name) => name.toLowerCase());
    const undoing = names.map(takingBack);
    const meaningOf = (type: string): number => (names.includes(type) ? 1 : undoing.includes(type) ? -1 : 0);
    if (!this.#learn(known, meaningOf)) return NOTHING;
    const types = this.#histories.values(user, "EVENT_TYPE");
    const { items } = this.#histories.history(user);
    const hidden = new Set<number>();
    for (let k = 0; k < items.length; k++) {
      const meaning = known.meanings[types[k]!] ?? 0;
      if (meaning > 0) hidden.add(items[k]!);
      else if (meaning < 0) hidden.delete(items[k]!);
    }
    return hidden.size === 0 ? NOTHING : Int32Array.from(hidden);
  }

  /** Whether a user has any positive event with an item, so that the user counts among the item's. */
  isFor(user: number, item: number): boolean {
    const known = this.#negative;
    if (!this.#learn(known, (type) => (isNegativeEvent(type) || isTakenBack(type) ? 1 : 0))) {
      return this.#histories.has(user, item);
    }
    const types = this.#histories.values(user, "EVENT_TYPE");
    const { items } = this.#histories.history(user);
    for (let k = 0; k < items.length; k++) if (items[k] === item && (known.meanings[types[k]!] ?? 0) === 0) return true;
    return false;
  }

  /** Whether any event has a negative type. */
  get any(): boolean {
    return this.#learn(this.#negative, (type) => (isNegativeEvent(type) || isTakenBack(type) ? 1 : 0));
  }

  get #dictionary(): readonly string[] {
    const column = this.#histories.columns.find(({ name }) => name === "EVENT_TYPE");
    return column?.kind === "text" ? (column.dictionary ?? []) : [];
  }

  /** Takes in types that were seen since; returns whether any says anything. */
  #learn({ dictionary, meanings }: Meanings, meaningOf: (type: string) => number): boolean {
    for (let code = meanings.length; code < dictionary.length; code++) {
      meanings.push(meaningOf(dictionary[code]!.toLowerCase()));
    }
    return meanings.some((meaning) => meaning !== 0);
  }
}
