/** Numbers from here on are no Unix seconds: those reach it only in the year 5138. */
export const MILLISECONDS_FROM = 100_000_000_000;

/**
 * Why a number of Unix seconds is wrong, or undefined.
 * @param earliest the first that is right; before 1970 they are negative
 */
export function timeProblem(seconds: number, earliest: number): string | undefined {
  if (seconds < earliest)
    return earliest === 0
      ? `${seconds} is negative; it must be Unix time in seconds`
      : `${seconds} is more than 3,000 years ago; it must be Unix time in seconds`;
  if (seconds >= MILLISECONDS_FROM * 1_000_000) return `${seconds} is in nanoseconds; divide by 1000000000`;
  if (seconds >= MILLISECONDS_FROM * 1_000) return `${seconds} is in microseconds; divide by 1000000`;
  if (seconds >= MILLISECONDS_FROM) return `${seconds} is in milliseconds; divide by 1000`;
  return undefined;
}
