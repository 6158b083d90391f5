import { CoarseScan } from "@palate/numeric";
import type { SequenceModel } from "../model/sequence-model.js";
import type { UserHistory } from "../sequences/user-history.js";
import { ScoreList } from "./score-list.js";

/** Latest distinct items of a history that are explained: older ones hardly change any score. */
const MAX_ITEMS = 20;

/** What single items of a history add to scores. */
export interface HistoryEffects {
  /** The distinct items that were looked at, latest first. */
  readonly items: Int32Array;
  /**
   * A row for each of `items`: by how much the log-probability of each target is higher with that item in the history than without.
   */
  readonly effects: Float32Array;
}

/**
 * Attributes the scores of some targets to the items of a history by leaving one item out at a time and scoring the rest with the
 * whole model. Takes the time of a query for each item of the history.
 * @param history oldest first; by the model's own item numbers
 * @param now Unix time in seconds that the scores are for; NaN when it is not known
 * @param targets items asked about, by the model's own numbers
 */
export function historyEffects(
  model: SequenceModel,
  history: UserHistory,
  now: number,
  targets: Int32Array,
): HistoryEffects {
  const items = Int32Array.from([...new Set(history.items.toReversed())].slice(0, MAX_ITEMS));
  const effects = new Float32Array(items.length * targets.length);
  const histories = [history, ...Array.from(items, (item) => withoutItem(history, item))];
  const states = histories.map((of) => model.userState(of, now));
  const list = new ScoreList(model.coarse);
  const exact = new Float32Array(targets.length);
  let prepared = 0;
  const logProbabilities = histories.map((of, at) => {
    if (at >= prepared) prepared += prepare(model, states.slice(at));
    const scores = list.room(model.itemCount);
    const logits = states[at] && model.logitsAfter(states[at]);
    if (logits) model.ridgeInto(of, scores);
    else model.scoreAll(of, now, scores, undefined);
    exact.fill(0);
    logits?.of(targets, exact);
    const own = Float64Array.from(targets, (target, k) => model.inverseTemperature * (scores[target]! + exact[k]!));
    const total = list.logOfSum(model.inverseTemperature, logits);
    return own.map((score) => score - total);
  });
  const whole = logProbabilities[0]!;
  for (let row = 0; row < items.length; row++) {
    const without = logProbabilities[row + 1]!;
    for (let k = 0; k < targets.length; k++) effects[row * targets.length + k] = whole[k]! - without[k]!;
  }
  return { items, effects };
}

/** Scans for several states at once where there is a coarse scan; returns for how many, from the first. */
function prepare({ coarse }: SequenceModel, states: readonly (Float32Array | undefined)[]): number {
  const some = states.slice(0, CoarseScan.atOnce);
  coarse?.prepare(some.filter((state) => state !== undefined));
  return some.length;
}

function withoutItem(history: UserHistory, item: number): UserHistory {
  const { items, times, eventTypes, requests } = history;
  const stays = (_: number, at: number): boolean => items[at] !== item;
  const slots = requests ? requests.length / items.length : 1;
  return {
    ...history,
    items: items.filter(stays),
    ...(times && { times: times.filter(stays) }),
    ...(eventTypes && { eventTypes: eventTypes.filter(stays) }),
    ...(requests && { requests: requests.filter((_, at) => items[Math.floor(at / slots)] !== item) }),
  };
}
