import type { Metrics } from "@palate/recipe";

/** Predictions for occasions and their outcomes: parallel arrays. */
export interface Predictions {
  readonly actions: Int32Array;
  /** Probabilities, 0 to 1. */
  readonly propensities: Float64Array;
  readonly labels: Uint8Array;
  /** Weight of each. */
  readonly weights: Float32Array;
}

/** Points of the calibration curve: equally many predictions in each. */
const BINS = 10;

/** Predictions in ascending order. */
function ascending(propensities: Float64Array): Int32Array {
  return Int32Array.from(propensities.keys()).sort((a, b) => propensities[a]! - propensities[b]! || a - b);
}

/**
 * Area under the ROC curve: the probability that a positive has a higher prediction than a negative, ties counting half. NaN
 * unless there is one of each.
 */
export function areaUnderCurve({ propensities, labels, weights }: Omit<Predictions, "actions">): number {
  const order = ascending(propensities);
  let [negatives, positives, sum] = [0, 0, 0];
  for (let begin = 0; begin < order.length;) {
    let end = begin;
    let [positive, negative] = [0, 0];
    const propensity = propensities[order[begin]!]!;
    for (; end < order.length && propensities[order[end]!] === propensity; end++) {
      const i = order[end]!;
      if (labels[i] === 1) positive += weights[i]!;
      else negative += weights[i]!;
    }
    sum += positive * (negatives + negative / 2);
    positives += positive;
    negatives += negative;
    begin = end;
  }
  return sum / (positives * negatives);
}

/** One point of a calibration curve. */
export interface CalibrationPoint {
  /** Mean prediction. */
  readonly predicted: number;
  /** Share of positives. */
  readonly observed: number;
  /** Share of all predictions. */
  readonly share: number;
}

/** Calibration curve: predictions in bins of equal weight, each with the mean prediction and the share of positives. */
export function calibrationCurve({ propensities, labels, weights }: Omit<Predictions, "actions">): CalibrationPoint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const bins = Array.from({ length: BINS }, () => ({ mass: 0, predicted: 0, positive: 0 }));
  let before = 0;
  for (const i of ascending(propensities)) {
    const weight = weights[i]!;
    const bin = bins[Math.min(BINS - 1, Math.floor((BINS * before) / total))]!;
    bin.mass += weight;
    bin.predicted += weight * propensities[i]!;
    bin.positive += weight * labels[i]!;
    before += weight;
  }
  return bins
    .filter(({ mass }) => mass > 0)
    .map(({ mass, predicted, positive }) => ({
      predicted: predicted / mass,
      observed: positive / mass,
      share: mass / total,
    }));
}

/** Expected calibration error (Naeini, Cooper and Hauskrecht 2015): mean distance of predicted and observed over the curve's bins. */
export function calibrationError(curve: readonly CalibrationPoint[]): number {
  return curve.reduce((sum, { predicted, observed, share }) => sum + share * Math.abs(predicted - observed), 0);
}

/** The predictions of one action. */
function predictionsOf(all: Predictions, action: number): Predictions {
  const indices: number[] = [];
  for (let i = 0; i < all.actions.length; i++) if (all.actions[i] === action) indices.push(i);
  return {
    actions: Int32Array.from(indices, () => action),
    propensities: Float64Array.from(indices, (i) => all.propensities[i]!),
    labels: Uint8Array.from(indices, (i) => all.labels[i]!),
    weights: Float32Array.from(indices, (i) => all.weights[i]!),
  };
}

/** Area under the curve of every action that was both taken and not taken, by action index. */
export function areaByAction(predictions: Predictions): Map<number, number> {
  const areas = new Map<number, number>();
  for (const action of new Set(predictions.actions)) {
    const area = areaUnderCurve(predictionsOf(predictions, action));
    if (!Number.isNaN(area)) areas.set(action, area);
  }
  return areas;
}

/**
 * The 95 % interval of the average of the areas, from the standard error of each area (Hanley and McNeil 1982), treated as
 * independent.
 * @returns undefined when no action was both taken and not taken
 */
export function areaInterval(predictions: Predictions): readonly [number, number] | undefined {
  const areas = [...areaByAction(predictions)];
  if (areas.length === 0) return undefined;
  let [sum, variance] = [0, 0];
  for (const [action, area] of areas) {
    const { labels } = predictionsOf(predictions, action);
    const positives = labels.reduce((count, label) => count + label, 0);
    const negatives = labels.length - positives;
    const [two, one] = [area / (2 - area) - area ** 2, (2 * area ** 2) / (1 + area) - area ** 2];
    variance += (area * (1 - area) + (positives - 1) * two + (negatives - 1) * one) / (positives * negatives);
    sum += area;
  }
  const half = (1.96 * Math.sqrt(variance)) / areas.length;
  return [Math.max(0, sum / areas.length - half), Math.min(1, sum / areas.length + half)];
}

/** Precision and recall of predicting "taken" above a threshold, averaged over actions. */
function averageHits(predictions: Predictions, thresholds: Float32Array): { precision: number; recall: number } {
  let [precision, recall, actions] = [0, 0, 0];
  for (const action of new Set(predictions.actions)) {
    const { propensities, labels, weights } = predictionsOf(predictions, action);
    let [hit, predicted, positive] = [0, 0, 0];
    for (let i = 0; i < labels.length; i++) {
      const above = propensities[i]! > thresholds[action]!;
      if (above) predicted += weights[i]!;
      if (labels[i] === 1) positive += weights[i]!;
      if (above && labels[i] === 1) hit += weights[i]!;
    }
    if (positive === 0) continue;
    actions++;
    precision += predicted > 0 ? hit / predicted : 0;
    recall += hit / positive;
  }
  return actions > 0 ? { precision: precision / actions, recall: recall / actions } : { precision: 0, recall: 0 };
}

/**
 * Metrics of predictions: `area_under_the_curve` of each action, averaged as Amazon does; `area_under_the_curve_overall`
 * of all together; `precision` and `recall` per action, averaged, of predicting "taken" for every propensity above the action's
 * average; `log_loss`; `expected_calibration_error`, and the curve behind it as `calibration_predicted_1` to `_10` beside
 * `calibration_observed_1` to `_10`.
 * @param averages share of the occasions on which each action was taken in the data a model was fitted on
 * @returns empty when nothing was predicted
 */
export function propensityMetrics(predictions: Predictions, averages: Float32Array): Metrics {
  const { propensities, labels, weights } = predictions;
  if (propensities.length === 0) return {};
  const areas = [...areaByAction(predictions).values()];
  const curve = calibrationCurve(predictions);
  let [loss, mass] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    const p = Math.min(1 - 1e-9, Math.max(1e-9, propensities[i]!));
    loss -= weights[i]! * (labels[i] === 1 ? Math.log(p) : Math.log(1 - p));
    mass += weights[i]!;
  }
  const overall = areaUnderCurve(predictions);
  return {
    ...(areas.length > 0 && { area_under_the_curve: areas.reduce((sum, area) => sum + area, 0) / areas.length }),
    ...(!Number.isNaN(overall) && { area_under_the_curve_overall: overall }),
    ...averageHits(predictions, averages),
    log_loss: loss / mass,
    expected_calibration_error: calibrationError(curve),
    ...Object.fromEntries(
      curve.flatMap(({ predicted, observed }, k) => [
        [`calibration_predicted_${k + 1}`, predicted],
        [`calibration_observed_${k + 1}`, observed],
      ]),
    ),
  };
}
