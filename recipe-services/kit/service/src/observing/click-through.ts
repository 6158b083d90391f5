import { RecentMap } from "@palate/numeric";
import type { ChangeBatch } from "@palate/proto/dataset";
import { isNegativeEvent } from "@palate/recipe";
import { instruments, metricsState } from "@palate/telemetry";

/** Lists that are remembered until somebody chooses from them: the newest of this process. */
const MOST_LISTS = 50_000;

/** A list that was answered. */
interface AnsweredList {
  readonly datasetGroup: string;
  readonly campaign: string;
}

/** Counts the lists of recommendations from which somebody chose something, by the recommendationId that events name. */
export class ClickThrough {
  readonly #lists = new RecentMap<string, AnsweredList>(MOST_LISTS);

  /** Remembers a list that was answered. */
  answered(recommendationId: string, { datasetGroup, campaign }: AnsweredList): void {
    if (metricsState.on) this.#lists.set(recommendationId, { datasetGroup, campaign });
  }

  /** Looks for choices among new events of a dataset group. A list counts once, and not by an event that speaks against an item. */
  changed(datasetGroup: string, { interactions }: ChangeBatch): void {
    if (!metricsState.on) return;
    instruments.replicaChanges.add(1, datasetGroup);
    for (const { recommendationId, eventType } of interactions) {
      if (recommendationId === "" || isNegativeEvent(eventType ?? "")) continue;
      const list = this.#lists.get(recommendationId);
      if (list === undefined || list.datasetGroup !== datasetGroup) continue;
      this.#lists.delete(recommendationId);
      instruments.clickedLists.add(1, list.datasetGroup, list.campaign);
    }
  }
}
