import { sigmoid } from "./model.js";

/** Platt scaling, a straight line in logits: p = 1 / (1 + exp(-(slope · logit + intercept))). */
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

/** Leaves every logit as it is. */
export const IDENTITY: Calibration = { slope: 1, intercept: 0 };

/** Newton steps; it converges in a handful. */
const STEPS = 25;

/** Strength of the prior at the identity, in examples: a few examples move the line little. */
const PRIOR = 10;

/** The calibrated probability of a logit. */
export function calibrated({ slope, intercept }: Calibration, logit: number): number {
  return sigmoid(slope * logit + intercept);
}

/**
 * Fits the line to examples that the model has not been fitted on (Platt 1999), by Newton's method, with a weak prior at the
 * identity.
 * @param logits the model's logit of each example
 * @param labels the outcomes, 0 or 1
 * @param weights weight of each example
 * @returns the identity when there are no examples, or when a negative slope would reverse the model's order
 */
export function fitCalibration(logits: Float64Array, labels: Uint8Array, weights: Float32Array): Calibration {
  let [slope, intercept] = [1, 0];
  for (let step = 0; step < STEPS; step++) {
    let [gs, gi, ss, si, ii] = [PRIOR * (slope - 1), PRIOR * intercept, PRIOR, 0, PRIOR];
    for (let i = 0; i < logits.length; i++) {
      const x = logits[i]!;
      const p = sigmoid(slope * x + intercept);
      const error = weights[i]! * (p - labels[i]!);
      const curvature = weights[i]! * p * (1 - p);
      gs += error * x;
      gi += error;
      ss += curvature * x * x;
      si += curvature * x;
      ii += curvature;
    }
    const determinant = ss * ii - si * si;
    const bySlope = (gs * ii - gi * si) / determinant;
    const byIntercept = (gi * ss - gs * si) / determinant;
    slope -= bySlope;
    intercept -= byIntercept;
    if (Math.abs(bySlope) + Math.abs(byIntercept) < 1e-9) break;
  }
  return Number.isFinite(slope) && Number.isFinite(intercept) && slope > 0 ? { slope, intercept } : IDENTITY;
}
