import type { Random } from "@palate/numeric";

/**
 * The logarithm of a draw from the Gamma distribution of this shape and mean 1 (Marsaglia and Tsang 2000; shapes below 1
 * by their boost). As a logarithm, because small shapes draw numbers too small to be held otherwise.
 * @param shape above 0
 */
export function logGamma(random: Random, shape: number): number {
  const boosted = shape < 1;
  const d = (boosted ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random.uniform();
    if (Math.log(u) >= 0.5 * x * x + d - d * v + d * Math.log(v)) continue;
    const boost = boosted ? Math.log(1 - random.uniform()) / shape : 0;
    return Math.log(d * v) + boost - Math.log(shape);
  }
}
