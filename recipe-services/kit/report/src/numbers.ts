/** A number for people: about four digits, thousands apart. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1000 || (Number.isInteger(value) && size < 1e15))
    return Math.round(value).toLocaleString("en").replaceAll(",", " ");
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  if (size >= 0.0005 || value === 0) return value.toFixed(4);
  return value.toExponential(1);
}

/** A time for people: "42 s", "3 min 20 s", "2 h 5 min". */
export function shortDuration(seconds: number): string {
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const parts =
    whole < 3600
      ? [`${Math.floor(whole / 60)} min`, whole % 60 > 0 && `${whole % 60} s`]
      : [`${Math.floor(whole / 3600)} h`, whole % 3600 >= 60 && `${Math.floor((whole % 3600) / 60)} min`];
  return parts.filter(Boolean).join(" ");
}

/** A number of bytes for people: "1.2 MB". */
export function shortBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** A share for people: "12.3 %". */
export function shortShare(share: number): string {
  return `${(100 * share).toFixed(share !== 0 && Math.abs(share) < 0.1 ? 1 : 0)} %`;
}

/** Multiples of a step that lie within a range, with no more digits than the step has. */
function multiples(step: number, low: number, high: number): number[] {
  const digits = Math.min(100, Math.max(0, -Math.floor(Math.log10(step)) + 1));
  const values: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++)
    values.push(Number((k * step).toFixed(digits)));
  return values;
}

/**
 * Round values that divide a range for an axis: multiples of 1, 2 or 5 times a power of ten.
 * @param count about how many
 * @returns values that lie within the range; a single one when it has no width
 */
export function ticks(low: number, high: number, count = 5): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw * 0.999)!;
  return multiples(step, low, high);
}

/** Steps of a clock, in seconds. */
const CLOCK = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** The same for a range of times in seconds: 15 s, 30 s, 1 min, 2 min, 5 min, and so on. */
export function timeTicks(low: number, high: number, count = 5): number[] {
  const raw = (high - low) / count;
  const step = CLOCK.find((candidate) => candidate >= raw * 0.999);
  return raw < 8 || step === undefined ? ticks(low, high, count) : multiples(step, low, high);
}
