import type { HrnnHistory, HrnnModel } from "./hrnn-model.js";

/** Latest distinct items of a history that explain an answer. */
const MAX_EXPLAINING = 20;

/** What each of a user's items adds to scores. */
export interface HistoryEffects {
  /** Model items, newest first. */
  readonly items: readonly number[];
  /** For each of them, what leaving it out takes from each target's score. */
  readonly effects: readonly Float32Array[];
}

/**
 * What the newest items of a history add to the scores of targets: the closed form's score (of untrained items the content
 * tower's) with the whole history, less that without the item.
 * @param targets model items
 */
export function historyEffects(model: HrnnModel, history: HrnnHistory, targets: Int32Array): HistoryEffects {
  const { ridge, itemCount } = model.parts;
  const scores = new Float32Array(itemCount);
  const scoresOf = ({ items, times }: HrnnHistory): Float32Array => {
    const trained = items.filter((item) => item < itemCount);
    ridge.scoreInto(trained, scores);
    const content = targets.some((item) => model.isUntrained(item)) ? model.contentScores({ items, times }) : undefined;
    return Float32Array.from(targets, (item) => (model.isUntrained(item) ? (content?.[item] ?? 0) : scores[item]!));
  };
  const items = [...new Set([...history.items].reverse())].slice(0, MAX_EXPLAINING);
  if (new Set(history.items).size === 1) return { items, effects: [new Float32Array(targets.length).fill(1)] };
  const whole = scoresOf(history);
  const effects = items.map((excluded) => {
    const kept = Array.from(history.items.keys()).filter((at) => history.items[at] !== excluded);
    const rest = scoresOf({
      items: Int32Array.from(kept, (at) => history.items[at]!),
      times: Float64Array.from(kept, (at) => history.times[at]!),
    });
    return rest.map((value, k) => whole[k]! - value);
  });
  return { items, effects };
}
