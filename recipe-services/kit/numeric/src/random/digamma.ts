/** Smallest argument from which the asymptotic series are exact to ten digits. */
const SERIES_FROM = 8;

/** Derivative of the logarithm of the gamma function: the mean of the logarithm of a Gamma(x, 1) variable. x above 0. */
export function digamma(x: number): number {
  let shift = 0;
  for (; x < SERIES_FROM; x++) shift -= 1 / x;
  const y = 1 / (x * x);
  return shift + Math.log(x) - 0.5 / x - y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y / 240)));
}

/** Derivative of {@link digamma}: the variance of the logarithm of a Gamma(x, 1) variable. x above 0. */
export function trigamma(x: number): number {
  let shift = 0;
  for (; x < SERIES_FROM; x++) shift += 1 / (x * x);
  const y = 1 / (x * x);
  return shift + 1 / x + y / 2 + (y / x) * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y / 30)));
}
