import { invalidArgument } from "@palate/host";

const EXPRESSION = /^rate\((\d+) (minute|hour|day)s?\)$/;
const MILLISECONDS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MIN_MS = 60 * 60_000;
const MAX_MS = 365 * 86_400_000;
const DEFAULT = "rate(7 days)";

/**
 * Milliseconds from one training to the next, from Amazon Personalize's form: "rate(7 days)".
 * @param expression absent means every 7 days
 * @throws PalateError `invalid_argument` when it has another form or is out of range
 */
export function trainingInterval(expression: string = DEFAULT): number {
  const [, count, unit] = EXPRESSION.exec(expression.trim()) ?? [];
  const interval = count && unit ? Number(count) * MILLISECONDS[unit]! : Number.NaN;
  if (interval >= MIN_MS && interval <= MAX_MS) return interval;
  const message = `"${expression}" must be "rate(7 days)", "rate(12 hours)" or the like, from 1 hour to 365 days`;
  throw invalidArgument(`scheduling_expression: ${message}.`, [{ field: "scheduling_expression", message }]);
}

/** An interval in the form that it is given in. */
export function schedulingExpression(interval: number): string {
  const [unit] = Object.entries(MILLISECONDS)
    .reverse()
    .find(([, milliseconds]) => interval % milliseconds === 0) ?? ["minute"];
  const count = interval / MILLISECONDS[unit]!;
  return `rate(${count} ${unit}${count === 1 ? "" : "s"})`;
}
