/** A moment on the clock of a zone. */
export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 1 is the first day of the year. */
  readonly dayOfYear: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Seconds by which the clock is ahead of UTC. */
  readonly offset: number;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(zone);
  if (known !== undefined) return known;
  const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric" } as const;
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ ...parts, minute: "numeric", second: "numeric", hourCycle: "h23", era: "short" },
    timeZone: zone,
  });
  FORMATS.set(zone, format);
  return format;
}

/** What the clocks of a zone show. @param zone "" is UTC */
export function wallOf(seconds: number, zone: string): Wall {
  const offset = zone === "" ? 0 : offsetOf(seconds, zone);
  const date = new Date((seconds + offset) * 1000);
  const year = date.getUTCFullYear();
  const dayOfYear = Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
  return {
    ...{ year, month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: date.getUTCHours() },
    ...{ minute: date.getUTCMinutes(), second: date.getUTCSeconds(), dayOfYear, weekday: date.getUTCDay(), offset },
  };
}

function offsetOf(seconds: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(seconds * 1000)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year, month, day, hour, minute, second } = parts as Record<string, number>;
  return Date.UTC(year!, month! - 1, day, hour, minute, second) / 1000 - seconds;
}

/** The moment that the same clock shows last: a local hour that comes twice means the second. */
export function lastWithWall(seconds: number, zone: string): number {
  if (zone === "") return seconds;
  const shown = seconds + offsetOf(seconds, zone);
  const later = [1800, 3600, 7200].map((gap) => seconds + gap);
  return Math.max(seconds, ...later.filter((one) => one + offsetOf(one, zone) === shown));
}

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const two = (value: number) => String(value).padStart(2, "0");

/** An offset as "+0100", "+01:00" or, of whole hours, "+01". */
export function offsetText(offset: number, form: "plain" | "colon" | "hours"): string {
  const minutes = Math.abs(offset) / 60;
  const [hours, rest] = [two(Math.floor(minutes / 60)), two(minutes % 60)];
  const sign = offset < 0 ? "-" : "+";
  if (form === "hours" && rest === "00") return `${sign}${hours}`;
  return `${sign}${hours}${form === "colon" ? ":" : ""}${rest}`;
}

/** Prints a moment as a pattern of strptime says. @param nanos the part of the second */
export function printed(pattern: string, wall: Wall, nanos: number): string {
  const half = wall.hour % 12 === 0 ? 12 : wall.hour % 12;
  const values: Readonly<Record<string, string>> = {
    ...{ Y: String(wall.year).padStart(4, "0"), m: two(wall.month), d: two(wall.day), H: two(wall.hour) },
    ...{ M: two(wall.minute), S: two(wall.second), I: two(half), p: wall.hour < 12 ? "AM" : "PM" },
    ...{ y: two(wall.year % 100), j: String(wall.dayOfYear).padStart(3, "0"), B: MONTHS[wall.month - 1]! },
    ...{ b: MONTHS[wall.month - 1]!.slice(0, 3), A: DAYS[wall.weekday]!, a: DAYS[wall.weekday]!.slice(0, 3) },
    ...{
      f: String(Math.floor(nanos / 1e3)).padStart(6, "0"),
      n: String(nanos).padStart(9, "0"),
      g: String(Math.floor(nanos / 1e6)).padStart(3, "0"),
    },
    ...{ z: offsetText(wall.offset, "colon"), "%": "%" },
    ...{ "-d": String(wall.day), "-m": String(wall.month), "-H": String(wall.hour), "-I": String(half) },
  };
  return pattern.replace(/%(-?[A-Za-z%])/g, (_, token: string) => values[token]!);
}
