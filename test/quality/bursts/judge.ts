import type { PlantedStream } from "./stream.js";

/** How well bursts were told from what is usual. */
export interface Judgement {
  /** Share of the planted bursts that were named within their first two intervals. */
  readonly found: number;
  /** Share of what was named that was not bursting. */
  readonly false: number;
  /** How many items were named, over all moments. */
  readonly named: number;
}

/** Something that was named at the end of an interval. */
export interface Named {
  readonly interval: number;
  readonly item: number;
  readonly score: number;
}

/** A burst must be named by the end of its second interval. */
const IN_TIME = 2;
/** What was bursting up to two intervals ago may still be named. */
const AFTERWARDS = 2;

/**
 * Judges names, and all their beginnings when they are ordered by score: one judgement for every place at which the list
 * could be cut.
 */
function* judgements(stream: PlantedStream, named: readonly Named[]): Generator<Judgement> {
  const burstOf = new Map(stream.bursts.map((burst) => [burst.item, burst]));
  const found = new Set<number>();
  let wrong = 0;
  let count = 0;
  for (const { interval, item } of named) {
    const burst = burstOf.get(item);
    count++;
    if (burst === undefined || interval < burst.first || interval >= burst.end + AFTERWARDS) wrong++;
    else if (interval < burst.first + IN_TIME) found.add(item);
    yield { found: found.size / stream.bursts.length, false: wrong / count, named: count };
  }
}

/** Judges everything that was named. */
export function judge(stream: PlantedStream, named: readonly Named[]): Judgement {
  let last: Judgement = { found: 0, false: 0, named: 0 };
  for (last of judgements(stream, named));
  return last;
}

/**
 * The most that could be found by naming everything above one score with no more than a share of false names: the score
 * is chosen with the truth in view, so no real system does better.
 */
export function bestCut(stream: PlantedStream, scored: readonly Named[], mostFalse: number): Judgement {
  let best: Judgement = { found: 0, false: 0, named: 0 };
  const ordered = [...scored].sort((a, b) => b.score - a.score);
  for (const judgement of judgements(stream, ordered))
    if (judgement.false <= mostFalse && judgement.found >= best.found) best = judgement;
  return best;
}
