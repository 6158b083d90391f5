import { lastWithWall, offsetText, printed, wallOf } from "./clock.js";
import { chance, decimalText, many, pick } from "./draw.js";
import type { FileCell } from "./file-table.js";
import type { Ground, Written } from "./planned-column.js";

const ZONES = [
  ...["", "", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"],
  ...["America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "Asia/Tokyo"],
];

/** Patterns of whole seconds, of minutes, and of days. */
const PATTERNS: readonly (readonly [pattern: string, step: number])[] = [
  ["%Y-%m-%d %H:%M:%S", 1],
  ["%d.%m.%Y %H:%M:%S", 1],
  ["%m/%d/%Y %I:%M:%S %p", 1],
  ["%Y%m%d%H%M%S", 1],
  ["%a %b %d %H:%M:%S %Y", 1],
  ["%A, %B %d, %Y %H:%M:%S", 1],
  ["%Y-%m-%d %H:%M:%S.%f", 1],
  ["%Y-%m-%dT%H:%M:%S.%g", 1],
  ["%Y-%m-%d %H:%M:%S.%n", 1],
  ["%Y %j %H-%M-%S", 1],
  ["%-d.%-m.%Y %-H:%M:%S", 1],
  ["%d/%b/%Y:%H:%M:%S %z", 1],
  ["%Y-%m-%d %H:%M:%S%z", 1],
  ["100%% %Y-%m-%d %H:%M", 60],
  ["%d.%m.%Y %H:%M", 60],
  ["%Y-%m-%d", 86_400],
  ["%Y%m%d", 86_400],
  ["%d %B %Y", 86_400],
];

/** Counted units: their name, how many are a second, how many seconds one is. */
const COUNTED = [
  ["MILLISECONDS", 3],
  ["MICROSECONDS", 6],
  ["NANOSECONDS", 9],
  ["SECONDS", 0],
] as const;
const LONG = [
  ["MINUTES", 60],
  ["HOURS", 3_600],
  ["DAYS", 86_400],
  ["SPREADSHEET_DAYS", 86_400],
] as const;

const MIDNIGHT = 86_400;
const FIRST = { past: -631_152_000, now: 0 };

interface Moment {
  readonly seconds: number;
  /** The part of the second, in nanoseconds. */
  readonly nanos: number;
}

/** Draws a column of times. @param earliest whether they may lie before 1970 */
export function drawTimes(ground: Ground, nullable: boolean, earliest: "past" | "now"): Written {
  const { random, rows, family, plain } = ground;
  const nanos = pick(random, [0, 0, 1, 999_999_999, 500_000_000, random.integer(1_000_000_000)]);
  const moments = many(rows, (): Moment | null => {
    if (nullable && chance(random, 0.2)) return null;
    const seconds = chance(random, 0.1)
      ? pick(random, [0, 1, 951_782_400, 1_711_846_800, 1_698_537_600, 4_102_444_799])
      : FIRST[earliest] + random.integer(4_000_000_000 - (earliest === "past" ? 0 : 4_000_000));
    return { seconds, nanos };
  });
  const whole = moments.map((moment) => moment && { ...moment, nanos: 0 });
  if (plain) return plainSeconds(ground, whole);
  const forms = [counted, long, patterns, iso, plainSeconds];
  if (family === "typed") forms.push(moment, moment, days, wholeCount, decimals);
  return pick(random, forms)(ground, moments);
}

type Moments = readonly (Moment | null)[];

function stored(moments: Moments): (string | null)[] {
  return moments.map((moment) => (moment === null ? null : String(moment.seconds)));
}

function plainSeconds({ family }: Ground, moments: Moments): Written {
  const expected = stored(moments);
  if (family === "typed")
    return { expected, type: { is: "whole", bits: 64 }, cells: expected.map(bigOf), wrong: 10n ** 12n };
  return { expected, type: { is: family === "json" ? "literal" : "text" }, cells: expected, wrong: "1700000000000" };
}

function bigOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}

/** Counts of seconds or parts of them, with more digits than that. */
function counted({ random, family }: Ground, moments: Moments): Written {
  const [unit, digits] = pick(random, COUNTED);
  const cells = moments.map((moment) => {
    if (moment === null) return null;
    const scale = 9 - digits;
    // JSON numbers with a fraction are read as 64 bits of floating point, which hold about sixteen digits.
    const shown = family === "json" ? Math.min(scale, Math.max(0, 5 - digits)) : random.integer(scale + 1);
    const total = BigInt(moment.seconds) * 10n ** 9n + BigInt(moment.nanos);
    return decimalText(floorDivide(total, 10n ** BigInt(scale - shown)), shown);
  });
  const type = { is: family === "json" ? ("literal" as const) : ("text" as const) };
  return {
    expected: stored(moments),
    type,
    cells,
    words: { time: { unit: `TIME_UNIT_${unit}` } },
    wrong: family === "json" ? "17e90" : "soon",
  };
}

function floorDivide(value: bigint, by: bigint): bigint {
  const rest = ((value % by) + by) % by;
  return (value - rest) / by;
}

/** Counts of minutes and longer, of whole seconds. */
function long({ random, family }: Ground, moments: Moments): Written {
  const [unit, seconds] = pick(random, LONG);
  const before = unit === "SPREADSHEET_DAYS" ? 25_569n * 86_400n : 0n;
  const scale = family === "json" ? 9 : 9 + random.integer(3);
  const cells = moments.map((moment) => {
    if (moment === null) return null;
    const total = (BigInt(moment.seconds) + before) * 10n ** BigInt(scale);
    return decimalText(floorDivide(2n * total + BigInt(seconds), 2n * BigInt(seconds)), scale);
  });
  return {
    expected: stored(moments),
    type: { is: "text" },
    cells,
    words: { time: { unit: `TIME_UNIT_${unit}` } },
    wrong: "later",
  };
}

function patterns({ random }: Ground, moments: Moments): Written {
  const [pattern, step] = pick(random, PATTERNS);
  const zone = pick(random, ZONES);
  const exact = steps(moments, step, zone);
  const saysZone = pattern.includes("%z");
  const cells = exact.map((moment) => moment && printed(pattern, wallOf(moment.seconds, zone), moment.nanos));
  const others = chance(random, 0.3) ? ["%Y|%m|%d"] : [];
  return {
    expected: saysZone ? stored(exact) : lastOf(exact, zone),
    type: { is: "text" },
    cells,
    words: { time: { formats: [...others, pattern], ...(!saysZone && zone !== "" && { zone }) } },
    wrong: "2023-02-30",
  };
}

function lastOf(moments: Moments, zone: string): (string | null)[] {
  return stored(moments.map((moment) => moment && { ...moment, seconds: lastWithWall(moment.seconds, zone) }));
}

/** Moments at the beginning of their minute or local day. */
function steps(moments: Moments, step: number, zone: string): (Moment | null)[] {
  return moments.map((moment) => {
    if (moment === null) return null;
    const { hour, minute, second, offset } = wallOf(moment.seconds, zone);
    if (step === 1) return moment;
    const since = second + (step === MIDNIGHT ? 60 * minute + 3600 * hour : 0);
    const start = moment.seconds - since;
    // Where the clock was changed since midnight, that is not what the clock shows at the beginning of the day.
    const wall = wallOf(start, zone);
    const right = wall.offset === offset && wall.second === 0 && (step < MIDNIGHT || wall.hour + wall.minute === 0);
    const fits = right && (start >= 0 || moment.seconds < 0);
    return { seconds: fits ? start : startOfDay(Math.max(moment.seconds, 3 * MIDNIGHT), zone), nanos: 0 };
  });
}

/** A midnight near a moment, on a day without a change of the clock. */
function startOfDay(seconds: number, zone: string): number {
  for (let back = 1; ; back++) {
    const { hour, minute, second } = wallOf(seconds - back * MIDNIGHT, zone);
    const start = seconds - back * MIDNIGHT - (3600 * hour + 60 * minute + second);
    const wall = wallOf(start, zone);
    if (wall.hour + wall.minute + wall.second === 0 && start >= 0) return start;
    if (back > 400) return 0;
  }
}

function iso({ random }: Ground, moments: Moments): Written {
  const zone = pick(random, ZONES);
  const date = pick(random, ["%Y-%m-%d", "%Y%m%d"]);
  const between = pick(random, ["T", " ", "t"]);
  const time = pick(random, ["%H:%M:%S", "%H%M%S", "%H:%M:%S.%f", "%H:%M:%S,%g"]);
  const end = pick(random, ["", "Z", "z", " UTC", "plain", "colon", "hours"] as const);
  const isUtc = ["Z", "z", " UTC"].includes(end);
  const cells = moments.map((moment) => {
    if (moment === null) return null;
    const wall = wallOf(moment.seconds, isUtc ? "" : zone);
    const text = printed(`${date}${between}${time}`, wall, moment.nanos);
    if (end === "plain" || end === "colon" || end === "hours") return `${text}${offsetText(wall.offset, end)}`;
    return `${text}${end}`;
  });
  const expected = end === "" ? lastOf(moments, zone) : stored(moments);
  const said = pick(random, [zone, end === "" ? zone : ""]);
  const time_ = { formats: ["ISO"], ...(said !== "" && { zone: said }) };
  return { expected, type: { is: "text" }, cells, words: { time: time_ }, wrong: "2023-13-01T00:00:00Z" };
}

/** Timestamps by their type. */
function moment({ random }: Ground, moments: Moments): Written {
  const perSecond = pick(random, [1_000, 1_000_000, 1_000_000_000] as const);
  const zoned = chance(random, 0.5) && perSecond < 1_000_000_000;
  const zone = pick(random, ZONES);
  const cells = moments.map((each): FileCell => {
    if (each === null) return null;
    const seconds = zoned ? each.seconds : each.seconds + wallOf(each.seconds, zone).offset;
    return BigInt(seconds) * BigInt(perSecond) + floorDivide(BigInt(each.nanos) * BigInt(perSecond), 1_000_000_000n);
  });
  const expected = zoned ? stored(moments) : lastOf(moments, zone);
  return {
    expected,
    type: { is: "moment", perSecond, zoned },
    cells,
    ...(zone !== "" && { words: { time: { zone } } }),
  };
}

function days({ random }: Ground, moments: Moments): Written {
  const zone = pick(random, ZONES);
  const exact = steps(moments, MIDNIGHT, zone);
  const cells = exact.map((each) => each && Math.round((each.seconds + wallOf(each.seconds, zone).offset) / MIDNIGHT));
  return {
    expected: lastOf(exact, zone),
    type: { is: "date" },
    cells,
    ...(zone !== "" && { words: { time: { zone } } }),
  };
}

function wholeCount({ random }: Ground, moments: Moments): Written {
  const [unit, digits] = pick(random, COUNTED);
  const cells = moments.map((each) => {
    if (each === null) return null;
    return BigInt(each.seconds) * 10n ** BigInt(digits) + floorDivide(BigInt(each.nanos), 10n ** BigInt(9 - digits));
  });
  return {
    expected: stored(moments),
    type: { is: "whole", bits: 64 },
    cells,
    words: { time: { unit: `TIME_UNIT_${unit}` } },
  };
}

/** Seconds as a decimal, which need nothing said about them. */
function decimals({ random }: Ground, moments: Moments): Written {
  const scale = 1 + random.integer(6);
  const cells = moments.map((each) => {
    if (each === null) return null;
    const total = BigInt(each.seconds) * 10n ** 9n + BigInt(each.nanos);
    return floorDivide(total, 10n ** BigInt(9 - scale));
  });
  return { expected: stored(moments), type: { is: "decimal", precision: 18, scale }, cells };
}
