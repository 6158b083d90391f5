import type { ImpressionTotals, ReplicaView } from "@palate/recipe";
import { RecentMap } from "@palate/numeric";

/** Answers that events may still refer to: the newest so many. */
const REMEMBERED = 20_000;

/**
 * How often items were shown and how often they were chosen then, as far as events say: an event names the items that were
 * on view (impression), or the recommendation that it followed from. The former are counted over all of the data, the latter
 * from the moment the model was loaded.
 */
export class ImpressionCounts {
  readonly #shown = new Map<number, number>();
  readonly #chosen = new Map<number, number>();
  readonly #answers = new RecentMap<string, Int32Array>(REMEMBERED);
  readonly #totals: ImpressionTotals;
  readonly #stop: () => void;
  #allShown = 0;
  #allChosen = 0;

  constructor(replica: ReplicaView) {
    this.#totals = replica.impressions;
    this.#stop = replica.onImpression((event) => {
      const items = event.items.length > 0 ? event.items : this.#answers.get(event.recommendationId);
      if (items === undefined) return;
      // What was on view counts once for an answer, however many events follow from it.
      this.#answers.delete(event.recommendationId);
      if (event.items.length > 0) return; // The replica counts it.
      for (const item of items) this.#shown.set(item, (this.#shown.get(item) ?? 0) + 1);
      this.#allShown += items.length;
      if (!items.includes(event.chosen)) return;
      this.#chosen.set(event.chosen, (this.#chosen.get(event.chosen) ?? 0) + 1);
      this.#allChosen++;
    });
  }

  /** How often an item was shown. */
  shown(item: number): number {
    return this.#totals.shown(item) + (this.#shown.get(item) ?? 0);
  }

  /** How often it was chosen when shown. */
  chosen(item: number): number {
    return this.#totals.chosen(item) + (this.#chosen.get(item) ?? 0);
  }

  /** How often anything is chosen when shown: a guess at first, what is counted later. */
  get rate(): number {
    const shown = this.#allShown + this.#totals.allShown;
    const chosen = this.#allChosen + this.#totals.allChosen;
    return (chosen + GUESSED_RATE * GUESS_WEIGHT) / (shown + GUESS_WEIGHT);
  }

  /** Notes what an answer showed, in case an event refers to it. */
  remember(recommendationId: string, items: Int32Array): void {
    this.#answers.set(recommendationId, items);
  }

  /** Stops listening to the replica. */
  close(): void {
    this.#stop();
  }
}

const GUESSED_RATE = 0.05;
const GUESS_WEIGHT = 200;
