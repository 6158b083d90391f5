import type { EventColumn, FilterableColumn } from "@palate/filter";
import type { History, HistoryRows } from "@palate/recipe";
import { ensureCapacity } from "./ensure-capacity.js";
import type { EventValues } from "./event-values.js";
import type { SnapshotRows } from "./snapshot-rows.js";

/** Least free places behind all rows after making room. */
const MIN_SPARE = 1024;

/**
 * Every user's interactions as one row in shared arrays: 12 bytes an interaction, and what further columns take that have
 * values; no object for any of them. A row that
 * grows moves to the free end, with room to grow on; when the free end is used up, rows are packed anew without the places
 * that moved rows have left. So a row can be read as a view at any time, and an event costs constant time over many.
 */
export class HistoryArena {
  #items: Int32Array;
  #timestamps: Float64Array;
  /** Further columns, at the same places. */
  readonly #columns: readonly EventValues[];
  #begins: Int32Array;
  #lengths: Int32Array;
  #rooms: Int32Array;
  /** First place that no row has. */
  #end: number;
  /** Places that moved rows have left behind. */
  #left = 0;
  #version = 1;

  /** @param rows the interactions to begin with; the arrays become the arena's own */
  constructor({ offsets, items, timestamps, columns = [] }: SnapshotRows) {
    const users = offsets.length - 1;
    this.#columns = columns;
    this.#items = items;
    this.#timestamps = timestamps;
    this.#begins = offsets.slice(0, users);
    this.#lengths = Int32Array.from({ length: users }, (_, user) => offsets[user + 1]! - offsets[user]!);
    this.#rooms = this.#lengths.slice();
    this.#end = items.length;
  }

  /** A user's interactions, oldest first, as views; empty for a user that has none. */
  history(user: number): History {
    const begin = this.#begins[user] ?? 0;
    const end = begin + (this.#lengths[user] ?? 0);
    return { items: this.#items.subarray(begin, end), timestamps: this.#timestamps.subarray(begin, end) };
  }

  /** Everybody's items, in the arrays that rows are kept in until something is added. */
  rows(): HistoryRows {
    return { items: this.#items, begins: this.#begins, lengths: this.#lengths };
  }

  /** Further columns, without their values. */
  get columns(): readonly (FilterableColumn & EventColumn)[] {
    return this.#columns.map(({ column }) => column);
  }

  /** Values of a further column of a user's interactions, in the same order and as a view. */
  values(user: number, name: string): ArrayLike<number> {
    const begin = this.#begins[user] ?? 0;
    const end = begin + (this.#lengths[user] ?? 0);
    return this.#columns.find(({ column }) => column.name === name)?.view(begin, end) ?? [];
  }

  /** Grows by one with each interaction. */
  get version(): number {
    return this.#version;
  }

  /** Whether the user has interacted with the item. */
  has(user: number, item: number): boolean {
    const begin = this.#begins[user] ?? 0;
    const end = begin + (this.#lengths[user] ?? 0);
    for (let k = begin; k < end; k++) if (this.#items[k] === item) return true;
    return false;
  }

  /**
   * Adds an interaction at its place in time, behind those of the same moment.
   * @param valueOf gives its value in a further column
   */
  insert(user: number, item: number, timestamp: number, valueOf?: (column: string) => unknown): void {
    const at = this.#place(user, item, timestamp);
    for (const values of this.#columns) values.set(at, valueOf?.(values.column.name), this.#items.length);
  }

  /** Makes all interactions of one user those of another, each at its place in time. */
  merge(from: number, to: number): void {
    const length = this.#lengths[from] ?? 0;
    for (let k = 0; k < length; k++) {
      const place = this.#begins[from]! + k; // Anew each time: making room may move every row.
      const raw = this.#columns.map((values) => values.rawAt(place));
      const at = this.#place(to, this.#items[place]!, this.#timestamps[place]!);
      this.#columns.forEach((values, column) => values.putRaw(at, raw[column]!, this.#items.length));
    }
    if (length === 0) return;
    this.#left += this.#rooms[from]!;
    this.#lengths[from] = 0;
    this.#rooms[from] = 0;
  }

  /** Removes all interactions of a user. */
  clear(user: number): void {
    if ((this.#lengths[user] ?? 0) === 0) return;
    this.#lengths[user] = 0;
    this.#version++;
  }

  /**
   * Removes interactions with some items from all rows; the order of the others stays.
   * @param changed is told of every user whose row became shorter
   */
  removeItems(items: ReadonlySet<number>, changed: (user: number) => void): void {
    for (let user = 0; user < this.#lengths.length; user++) {
      const begin = this.#begins[user]!;
      const end = begin + this.#lengths[user]!;
      let to = begin;
      for (let from = begin; from < end; from++) {
        if (items.has(this.#items[from]!)) continue;
        if (to < from) {
          this.#items[to] = this.#items[from]!;
          this.#timestamps[to] = this.#timestamps[from]!;
          for (const values of this.#columns) values.move(to, from, from + 1);
        }
        to++;
      }
      if (to === end) continue;
      this.#lengths[user] = to - begin;
      changed(user);
    }
    this.#version++;
  }

  /** Makes a place in a user's row for an interaction, and returns it. */
  #place(user: number, item: number, timestamp: number): number {
    const length = this.#lengths[user] ?? 0;
    if (length === (this.#rooms[user] ?? 0)) this.#move(user, length + Math.max(4, length >> 2));
    const begin = this.#begins[user]!;
    const end = begin + length;
    let at = end;
    for (; at > begin && this.#timestamps[at - 1]! > timestamp; at--) {
      this.#items[at] = this.#items[at - 1]!;
      this.#timestamps[at] = this.#timestamps[at - 1]!;
    }
    this.#items[at] = item;
    this.#timestamps[at] = timestamp;
    for (const values of this.#columns) values.move(at + 1, at, end);
    this.#lengths[user] = length + 1;
    this.#version++;
    return at;
  }

  /** Gives a user's row `room` places at the free end. */
  #move(user: number, room: number): void {
    this.#begins = ensureCapacity(this.#begins, user + 1);
    this.#lengths = ensureCapacity(this.#lengths, user + 1);
    this.#rooms = ensureCapacity(this.#rooms, user + 1);
    if (this.#end + room > this.#items.length) this.#pack(room);
    const begin = this.#begins[user]!;
    const end = begin + this.#lengths[user]!;
    this.#items.copyWithin(this.#end, begin, end);
    this.#timestamps.copyWithin(this.#end, begin, end);
    for (const values of this.#columns) values.move(this.#end, begin, end);
    this.#left += this.#rooms[user]!;
    this.#begins[user] = this.#end;
    this.#rooms[user] = room;
    this.#end += room;
  }

  /** Copies all rows, each with its room, into new arrays with `wanted` free places and a quarter more than in use. */
  #pack(wanted: number): void {
    const used = this.#end - this.#left;
    const size = used + (used >> 2) + wanted + MIN_SPARE;
    const items = new Int32Array(size);
    const timestamps = new Float64Array(size);
    const begins = new Int32Array(this.#begins.length);
    let end = 0;
    for (let user = 0; user < begins.length; user++) {
      const begin = this.#begins[user]!;
      const length = this.#lengths[user]!;
      items.set(this.#items.subarray(begin, begin + length), end);
      timestamps.set(this.#timestamps.subarray(begin, begin + length), end);
      begins[user] = end;
      end += this.#rooms[user]!;
    }
    for (const values of this.#columns) {
      values.repack(size, (copy) => {
        for (let user = 0; user < begins.length; user++) {
          copy(begins[user]!, this.#begins[user]!, this.#begins[user]! + this.#lengths[user]!);
        }
      });
    }
    this.#begins = begins;
    this.#items = items;
    this.#timestamps = timestamps;
    this.#end = end;
    this.#left = 0;
  }
}
