import type { UserHistory } from "./position-context.js";
import type { SequenceModel } from "./sequence-model.js";

/** Newest different items of a history that are looked at: older ones hardly weigh in any score. */
const MOST_ITEMS = 20;

/** What single items of a history add to scores. */
export interface HistoryEffects {
  /** Different items of the history that were looked at, newest first. */
  readonly items: Int32Array;
  /**
   * Row by row of `items`, for each item asked about: by how much the logarithm of its share of the whole catalogue (see
   * `sharpness`) is greater with that item in the history than without.
   */
  readonly effects: Float32Array;
}

/**
 * Says what the items of a history do for the scores of some items, by leaving one out at a time: both parts of the model
 * score what is left. Takes the time of a query for each item of the history.
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
  const items = Int32Array.from([...new Set(history.items.toReversed())].slice(0, MOST_ITEMS));
  const effects = new Float32Array(items.length * targets.length);
  const scores = new Float32Array(model.itemCount);
  const sharesOf = (of: UserHistory): Float64Array => {
    model.scoreAll(of, now, scores);
    const total = logOfSum(scores, model.sharpness);
    return Float64Array.from(targets, (target) => model.sharpness * scores[target]! - total);
  };
  const whole = sharesOf(history);
  items.forEach((item, row) => {
    const without = sharesOf(withoutItem(history, item));
    for (let k = 0; k < targets.length; k++) effects[row * targets.length + k] = whole[k]! - without[k]!;
  });
  return { items, effects };
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

/** log Σ exp(sharpness · score) */
function logOfSum(scores: Float32Array, sharpness: number): number {
  let largest = -Infinity;
  for (const score of scores) if (score > largest) largest = score;
  let sum = 0;
  for (const score of scores) sum += Math.exp(sharpness * (score - largest));
  return sharpness * largest + Math.log(sum);
}
