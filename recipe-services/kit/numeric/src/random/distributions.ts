import type { Random } from "./random.js";

/** A draw from the Gamma distribution of scale 1 and a shape of at least 1 (Marsaglia and Tsang 2000). */
function gammaOfLargeShape(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/**
 * A draw from the Gamma distribution of scale 1. Shapes below 1 are drawn one higher and scaled down by a power of a uniform
 * draw (Marsaglia and Tsang 2000, section 6).
 * @param shape above 0
 */
function gammaDraw(random: Random, shape: number): number {
  if (shape >= 1) return gammaOfLargeShape(random, shape);
  return gammaOfLargeShape(random, shape + 1) * (1 - random.uniform()) ** (1 / shape);
}

/**
 * The logarithm of a draw from the Gamma distribution of this shape and mean 1: small shapes draw numbers too small to be
 * held otherwise.
 * @param shape above 0
 */
export function logGammaDraw(random: Random, shape: number): number {
  const boosted = shape < 1;
  const draw = gammaOfLargeShape(random, boosted ? shape + 1 : shape);
  const boost = boosted ? Math.log(1 - random.uniform()) / shape : 0;
  return Math.log(draw) + boost - Math.log(shape);
}

/**
 * A draw from the Beta distribution: the posterior of a probability after a number of successes and failures.
 * @param successes above 0
 * @param failures above 0
 */
export function betaDraw(random: Random, successes: number, failures: number): number {
  const x = gammaDraw(random, successes);
  const y = gammaDraw(random, failures);
  return x + y > 0 ? x / (x + y) : 0.5;
}
