import { filterInteractions, type TrainingData } from "./training-data.js";

/** How much events of one type count in a training. */
export interface EventWeight {
  /** EVENT_TYPE; upper and lower case are the same. */
  readonly eventType: string;
  /** Only events whose EVENT_VALUE is at least this are trained on; null means all. */
  readonly eventValueThreshold: number | null;
  /** From -1 to 1; only ratios matter. Negative: what users turned down. */
  readonly weight: number;
}

/**
 * Training data with only the events that are listed, each with its weight, scaled so that positive weights are 1 on
 * average.
 */
export function weighEvents(data: TrainingData, events: readonly EventWeight[]): TrainingData {
  const rules = data.eventTypeNames.map((name) =>
    events.find(({ eventType }) => eventType.toLowerCase() === name.toLowerCase()),
  );
  const counts = (i: number): boolean => {
    const rule = rules[data.eventTypes[i]!];
    if (rule === undefined) return false;
    return rule.eventValueThreshold === null || data.eventValues[i]! >= rule.eventValueThreshold;
  };
  const kept = filterInteractions(data, counts);
  const weights = Float32Array.from(kept.eventTypes, (type) => rules[type]!.weight);
  let sum = 0;
  let positive = 0;
  for (const weight of weights) {
    if (weight <= 0) continue;
    sum += weight;
    positive++;
  }
  const scale = positive === 0 ? 1 : positive / sum;
  return { ...kept, weights: weights.map((weight) => weight * scale) };
}
