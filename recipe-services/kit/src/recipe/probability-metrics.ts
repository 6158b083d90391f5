/** One bin of a calibration plot: what was predicted and what came of it. */
export interface CalibrationBin {
  /** Mean of the predicted probabilities in the bin. */
  readonly predicted: number;
  /** Share of them that came true. */
  readonly observed: number;
  /** How many predictions the bin has. */
  readonly count: number;
}

/** Probabilities are kept from 0 and 1 by this much, so that one wrong certainty does not cost infinitely much. */
const EDGE = 1e-15;

function places(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, k) => k).sort((a, b) => scores[a]! - scores[b]! || a - b);
}

/**
 * Area under the ROC curve: the chance that something true has a higher score than something untrue; equal scores count
 * half. NaN when all are true or none is.
 * @param labels 1 (or true) for what came true
 */
export function areaUnderCurve(scores: ArrayLike<number>, labels: ArrayLike<number | boolean>): number {
  const order = places(scores);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    let here = 0;
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++)
      if (Number(labels[order[end]!]) > 0) here++;
    positives += here;
    rankSum += here * ((start + 1 + end) / 2); // Equal scores share their mean rank.
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean of −ln(probability given to what happened), in nats; NaN without predictions. Lower is better. */
export function logLoss(probabilities: ArrayLike<number>, labels: ArrayLike<number | boolean>): number {
  let loss = 0;
  for (let k = 0; k < probabilities.length; k++) {
    const given = Number(labels[k]) > 0 ? probabilities[k]! : 1 - probabilities[k]!;
    loss -= Math.log(Math.min(1 - EDGE, Math.max(EDGE, given)));
  }
  return loss / probabilities.length;
}

/**
 * A calibration plot's bins, by growing probability, each with about as many predictions as the others (so that none is
 * decided by a handful); equal probabilities are never divided.
 * @param bins how many bins at most. Default 10.
 */
export function calibrationBins(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number | boolean>,
  bins = 10,
): CalibrationBin[] {
  const order = places(probabilities);
  const result: CalibrationBin[] = [];
  for (let start = 0, bin = 1; start < order.length; bin++) {
    let end = Math.max(start + 1, Math.round((bin * order.length) / bins));
    while (end < order.length && probabilities[order[end]!] === probabilities[order[end - 1]!]) end++;
    let [predicted, observed] = [0, 0];
    for (const place of order.subarray(start, end)) {
      predicted += probabilities[place]!;
      if (Number(labels[place]) > 0) observed++;
    }
    const count = end - start;
    result.push({ predicted: predicted / count, observed: observed / count, count });
    start = end;
  }
  return result;
}

/**
 * Expected calibration error (Naeini et al. 2015): how far bins' predicted and observed shares are apart, averaged over
 * predictions; 0 is perfect. NaN without bins.
 */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, { predicted, observed, count }) => sum + count * Math.abs(predicted - observed), 0) / total;
}
