import { ContextRows } from "../sequences/position-context.js";
import type { UserHistory } from "../sequences/user-history.js";
import type { MixerShape } from "./mixer-parameters.js";

/** The input of a trained network for one history at a time, without TensorFlow; the same as `networkInput` gives. */
export class ScorerInput {
  /** Where everything stands in the context table. */
  readonly rows: ContextRows;
  readonly #width: number;
  readonly #length: number;
  readonly #table: Float32Array | undefined;

  /** @param table the context table, row-major; undefined where the network is told of items alone */
  constructor({ width, length, context }: Pick<MixerShape, "width" | "length" | "context">, table?: Float32Array) {
    this.rows = new ContextRows(context ?? { longestGap: 0 });
    this.#width = width;
    this.#length = length;
    this.#table = table;
  }

  /**
   * Writes the stream of a history's latest interactions, [positions, width].
   * @param items item vectors, row-major
   * @param now Unix time in seconds of what is to be predicted; NaN when it is not known
   * @param stream room for as many positions as the network looks back
   * @returns how many positions there are: at least one, where the history has an item or sequences have a start
   */
  write(history: UserHistory, now: number, items: Float32Array, stream: Float32Array): number {
    const width = this.#width;
    const { rows } = this;
    const recent = history.items.subarray(-rows.itemsOf(this.#length));
    const starts = rows.start < 0 ? 0 : 1;
    stream.fill(0, 0, starts * width);
    recent.forEach((item, t) => {
      stream.set(items.subarray(item * width, (item + 1) * width), (t + starts) * width);
    });
    const count = recent.length + starts;
    if (this.#table) this.#addContext(this.#table, history, now, recent.length, stream);
    const scale = Math.sqrt(width);
    for (let at = 0; at < count * width; at++) stream[at]! *= scale;
    return count;
  }

  #addContext(table: Float32Array, history: UserHistory, now: number, recent: number, stream: Float32Array): void {
    const { rows } = this;
    const { items, times, eventTypes, requests, request, user } = history;
    const width = this.#width;
    const starts = rows.start < 0 ? 0 : 1;
    const first = items.length - recent;
    const add = (row: number, t: number): void => {
      const [from, to] = [row * width, t * width];
      for (let c = 0; c < width; c++) stream[to + c]! += table[from + c]!;
    };
    const slots = rows.request.slots;
    for (let t = 0; t < recent + starts; t++) {
      // The interaction at this position, and the one after it, or the request.
      const place = first + t - starts;
      const asked = place + 1 === items.length;
      if (rows.hasGaps) {
        const next = asked ? now : times?.[place + 1];
        add(rows.gap(t < starts ? NaN : (times?.[place] ?? NaN), next ?? NaN), t);
      }
      const type = t < starts ? -1 : (eventTypes?.[place] ?? -1);
      if (t < starts) add(rows.start, t);
      else if (type >= 0) add(rows.events + type, t);
      for (let k = 0; k < slots; k++) {
        const value = (asked ? request?.[k] : requests?.[(place + 1) * slots + k]) ?? -1;
        if (value >= 0) add(rows.requests + value, t);
      }
      for (const value of user ?? []) if (value >= 0) add(rows.users + value, t);
    }
  }
}
