/**
 * Daily and weekly rhythm (seasonality) as a Fourier series: how an item's rate of interactions varies over the day, or over
 * the week for long intervals. A rhythm is seven coefficients beginning with 1; its value at a moment, on average 1, is their
 * dot product with the {@link basisAt} of the moment. It is estimated from sums of these bases over events.
 */

/** Harmonics: enough for a night, a morning and an evening. */
const WAVES = 3;

/** Number of coefficients of a rhythm. */
export const COEFFICIENTS = 1 + 2 * WAVES;

/** A rhythm without ups and downs. */
export const FLAT: Float64Array = Float64Array.from({ length: COEFFICIENTS }, (_, k) => (k === 0 ? 1 : 0));

const DAY = 86_400;

/** Lower limit of an exposure relative to a flat rhythm, since a short series may swing below zero. */
const MIN_RATE = 0.1;

/** Period in seconds of the rhythm that matters to an interval: a day, or a week where intervals average days out. */
export function periodOf(intervalSeconds: number): number {
  return intervalSeconds < DAY / 2 ? DAY : 7 * DAY;
}

/** Writes 1, then cosine and sine of each harmonic at a moment, into `into`. */
export function basisAt(timestamp: number, period: number, into: Float64Array): void {
  const angle = (2 * Math.PI * (timestamp % period)) / period;
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  into[0] = 1;
  let c = 1;
  let s = 0;
  for (let wave = 1; wave <= WAVES; wave++) {
    [c, s] = [c * cosine - s * sine, s * cosine + c * sine];
    into[2 * wave - 1] = c;
    into[2 * wave] = s;
  }
}

/**
 * Integral of the basis over the past, weighted by 2^(-age / halfLife), in seconds. Its dot product with a rhythm is the exposure:
 * how many seconds of average rate the weighted past holds.
 */
export function weightedPast(timestamp: number, halfLife: number, period: number): Float64Array {
  const basis = new Float64Array(COEFFICIENTS);
  basisAt(timestamp, period, basis);
  const rate = Math.LN2 / halfLife;
  const past = Float64Array.of(1 / rate, ...new Float64Array(COEFFICIENTS - 1));
  for (let wave = 1; wave <= WAVES; wave++) {
    const frequency = (2 * Math.PI * wave) / period;
    const c = basis[2 * wave - 1]!;
    const s = basis[2 * wave]!;
    const norm = rate * rate + frequency * frequency;
    past[2 * wave - 1] = (rate * c + frequency * s) / norm;
    past[2 * wave] = (rate * s - frequency * c) / norm;
  }
  return past;
}

/**
 * The rhythm of events, shrunk towards another one where there are few events.
 * @param sums of the bases of the events; the first element is their number
 * @param towards the rhythm that it is shrunk to
 * @param strength number of events at which both weigh the same
 */
export function rhythmOf(sums: Float64Array, towards: Float64Array, strength: number): Float64Array {
  const rhythm = FLAT.slice();
  const events = Math.max(0, sums[0]!);
  for (let k = 1; k < COEFFICIENTS; k++)
    rhythm[k] = (2 * sums[k]! + strength * towards[k]!) / Math.max(events + strength, Number.MIN_VALUE);
  return rhythm;
}

/** Exposure in seconds: dot product of a rhythm with a weighted past; see {@link weightedPast}. */
export function exposure(rhythm: Float64Array, past: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < COEFFICIENTS; k++) sum += rhythm[k]! * past[k]!;
  return Math.max(sum, MIN_RATE * past[0]!);
}
