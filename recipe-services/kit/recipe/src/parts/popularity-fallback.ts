import type { Query } from "../contract/query.js";
import type { ItemSource, RankedItems } from "../contract/ranked-items.js";
import type { ReplicaView } from "../data/replica-view.js";
import { LivePopularity } from "./popular-items.js";

/** Popular items where a model has no answer, or too short a one; their source is "popular". */
export class PopularityFallback {
  readonly #replica: ReplicaView;
  readonly #popularity: LivePopularity;

  /** @param clock in milliseconds, never going back; popularity is renewed by it. Default `performance.now` */
  constructor(replica: ReplicaView, clock: () => number = () => performance.now()) {
    this.#replica = replica;
    this.#popularity = new LivePopularity(replica, clock);
  }

  /** The answer for an unknown user or item: popular items, scored by the share of users who had them. */
  list({ limit, excluded }: Pick<Query, "limit" | "excluded">): RankedItems {
    const { items, users } = this.#popularity.order();
    const chosen: number[] = [];
    for (let at = 0; at < items.length && chosen.length < limit; at++) if (excluded[items[at]!] !== 1) chosen.push(at);
    return {
      items: Int32Array.from(chosen, (at) => items[at]!),
      scores: Float32Array.from(chosen, (at) => users[at]! / Math.max(1, this.#replica.userCount)),
      reasons: chosen.map((): ItemSource => "popular"),
    };
  }

  /**
   * Makes an answer as long as was asked for: what it lacks are popular items that it does not hold yet, with score 0.
   * @param except an item that must not be added, such as the one asked about
   */
  fill(answer: RankedItems, { limit, excluded }: Pick<Query, "limit" | "excluded">, except = -1): RankedItems {
    const missing = limit - answer.items.length;
    if (missing <= 0) return answer;
    const listed = new Set(answer.items).add(except);
    const added: number[] = [];
    for (const item of this.#popularity.order().items) {
      if (added.length >= missing) break;
      if (excluded[item] !== 1 && !listed.has(item)) added.push(item);
    }
    if (added.length === 0) return answer;
    const length = answer.items.length + added.length;
    const items = new Int32Array(length);
    items.set(answer.items);
    items.set(added, answer.items.length);
    const scores = answer.scores && new Float32Array(length);
    if (scores && answer.scores) scores.set(answer.scores);
    const own = answer.reasons ?? Array.from(answer.items, (): ItemSource => "model");
    return { ...answer, items, scores, reasons: [...own, ...added.map((): ItemSource => "popular")] };
  }
}
