const SECONDS = { minute: 60, hour: 3600, day: 86_400 } as const;

const FORM = /^\s*(\d{1,6})\s*(minute|hour|day)s?\s*$/i;

/** Longest interval, in seconds: a year. */
const MAX_SECONDS = 365 * SECONDS.day;

interface Interval {
  readonly count: number;
  readonly unit: keyof typeof SECONDS;
}

function parse(text: string): Interval | undefined {
  const [, digits, word] = FORM.exec(text) ?? [];
  if (digits === undefined || word === undefined) return undefined;
  const count = Number(digits);
  const unit = word.toLowerCase() as keyof typeof SECONDS;
  return count > 0 && count * SECONDS[unit] <= MAX_SECONDS ? { count, unit } : undefined;
}

/** The form of an interval, for messages that say what it must be. */
export const INTERVAL_FORM = `a number of minutes, hours or days up to 365 days, such as "30 minutes"`;

/** An interval as Amazon Personalize writes it: "30 minutes", "1 hour"; undefined when the text has another form. */
export function normalizeInterval(text: string): string | undefined {
  const interval = parse(text);
  return interval && `${interval.count} ${interval.unit}${interval.count === 1 ? "" : "s"}`;
}

/**
 * Length of an interval in seconds.
 * @throws RangeError when the text is not an interval
 */
export function intervalSeconds(text: string): number {
  const interval = parse(text);
  if (interval === undefined) throw new RangeError(`"${text}" must be ${INTERVAL_FORM}.`);
  return interval.count * SECONDS[interval.unit];
}
