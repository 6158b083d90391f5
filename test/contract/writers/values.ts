import { each, type Expected, type Refused, type Row } from "./expected.js";

/** A column of the dataset that values are imported into. */
type Target = "STRING" | "LONG" | "DOUBLE" | "BOOLEAN";

/** The files' three rows: two values, and none. */
function rows(target: Target, [first, second]: readonly [unknown, unknown]): Row[] {
  const row = (ITEM_ID: string, value: unknown) =>
    value === undefined ? { ITEM_ID } : { ITEM_ID, [`VALUE_${target}`]: value };
  return [row("a", first), row("b", second), row("c", undefined)];
}

/** Values by the names of the files, with the endings that they have in braces. */
function expected(
  what: string,
  target: Target,
  column: object,
  values: Readonly<Record<string, readonly [unknown, unknown]>>,
): Expected {
  const files = Object.entries(values).flatMap(([names, pair]) =>
    namesOf(names).map((name) => [`types/${name}`, rows(target, pair)] as const),
  );
  const mapping = { columns: [{ name: `VALUE_${target}`, from: ["VALUE"], ...column }] };
  return { what, mapping, files: Object.fromEntries(files) };
}

/** "a.{b,c}" is "a.b" and "a.c". */
function namesOf(text: string): string[] {
  const [, before = "", all = "", after = ""] = /^(.*?)\{(.*?)\}(.*)$/.exec(text) ?? [];
  return all === "" ? [text] : all.split(",").flatMap((part) => namesOf(before + part + after));
}

const LIST = ["a|b", undefined] as const;
const LETTERS = ["a", "ü"] as const;
const CLOCK = ["22:13:20", "00:00:00"] as const;
const MONEY = [1.5, -0.01] as const;
const MOMENTS = [1_700_000_000, -1] as const;
const MONTHS = [1_698_796_800, -2_678_400] as const;
const DAYS = [1_699_920_000, -86_400] as const;
const SPANS = [90, -86_400] as const;
const UUIDS = ["4ac7a9e9-607c-4c8a-84f3-843f0191e3fd", "00000000-0000-0000-0000-000000000000"] as const;
const DURATIONS = [
  "pyarrow-duration-{s,ms,us,ns}.{parquet,arrow}",
  "pandas-timedelta.parquet",
  "fastparquet-timedelta.parquet",
  "polars-duration.{parquet,arrow}",
].flatMap(namesOf);

/** What becomes of values of each type. */
export const VALUES: readonly Expected[] = [
  expected(
    "texts, and all that is text",
    "STRING",
    {},
    {
      "pyarrow-{string,large-string}.{parquet,arrow}": ["a|b", "ü"],
      "pyarrow-string-view.{parquet,arrow}": ["a|b", "longer than twelve bytes, ü"],
      "pyarrow-{binary,large-binary}.{parquet,arrow}": LETTERS,
      "pyarrow-binary-view.{parquet,arrow}": ["a", "longer than twelve bytes, ü"],
      "pyarrow-fixed-binary.{parquet,arrow}": ["ab", "cd"],
      "pyarrow-dictionary.{parquet,arrow}": LETTERS,
      "pyarrow-null.{parquet,arrow}": [undefined, undefined],
      "pyarrow-uuid.{parquet,arrow}": UUIDS,
      "pyarrow-json.arrow": ['{"a":1}', "[1]"],
      "pyarrow-time{32-s,32-ms,64-us,64-ns}.{parquet,arrow}": CLOCK,
      "pandas-objects.parquet": ["4ac7a9e9607c4c8a84f3843f0191e3fd", "b"],
      "pandas-ordered-category.parquet": ["b", "a"],
      "polars-binary.{parquet,arrow,avro}": LETTERS,
      "polars-null.{parquet,arrow}": [undefined, undefined],
      "polars-time.{parquet,arrow}": CLOCK,
      "duckdb-enum.parquet": ["a", "b"],
      "duckdb-time.parquet": CLOCK,
      "duckdb-time-zoned.parquet": ["20:13:20+00", "00:00:00+00"],
      "duckdb-uuid.parquet": UUIDS,
      "duckdb-bit.parquet": ["0101", "1"],
      "duckdb-variant.parquet": ["7", "b"],
      "fastavro-string.avro": ["a|b", "ü"],
      "fastavro-bytes.avro": LETTERS,
      "fastavro-fixed.avro": ["ab", "cd"],
      "fastavro-enum.avro": ["a", "b"],
      "fastavro-uuid.avro": UUIDS,
      "fastavro-time-{millis,micros}.avro": CLOCK,
      "fastavro-union.avro": ["9007199254740993", "x"],
    },
  ),
  expected(
    "numbers as texts",
    "STRING",
    {},
    {
      "pyarrow-int64.{parquet,arrow}": ["-9223372036854775808", "9007199254740993"],
      "pyarrow-uint64.{parquet,arrow}": ["9007199254740993", "18446744073709551615"],
      "pyarrow-float32.{parquet,arrow}": ["0.1", "16777216"],
      "pyarrow-dictionary-int64.{parquet,arrow}": ["9007199254740993", "-1"],
      "pyarrow-decimal{32,64}.{parquet,arrow}": ["1.50", "-0.01"],
      "pyarrow-decimal128.{parquet,arrow}": ["12345678901234567.891", "-0.001"],
      "pyarrow-decimal128-38.{parquet,arrow}": ["12345678901234567890123456789012345678", "-1"],
      "pyarrow-decimal128-negative-scale.arrow": ["1200", "-100"],
      "pyarrow-decimal256.arrow": ["1234567890123456789012345678901234567890.12345", "-0.50000"],
      "{pandas,fastparquet}-UInt64.parquet": ["9007199254740993", "18446744073709551615"],
      "pandas-decimals.parquet": ["1.50", "-0.01"],
      "polars-uint64.{parquet,arrow}": ["9007199254740993", "18446744073709551615"],
      "duckdb-bignum.parquet": ["12345678901234567890123456789012345678901234567890", "-1"],
      "fastavro-decimal.avro": ["12345678901234567.891", "-0.001"],
    },
  ),
  expected(
    "lists",
    "STRING",
    {},
    {
      "pyarrow-{list,large-list}.{parquet,arrow}": LIST,
      "pyarrow-list-view.parquet": LIST,
      "pyarrow-fixed-list.{parquet,arrow}": ["a|b", "c|d"],
      "pyarrow-list-with-null.{parquet,arrow}": ["a", undefined],
      "pyarrow-list-int64.{parquet,arrow}": ["9007199254740993|-1", "0"],
      "pyarrow-list-of-dictionary.{parquet,arrow}": ["a|b", "a"],
      "pandas-arrays.parquet": ["1|2", undefined],
      "polars-list.{parquet,arrow,avro}": LIST,
      "polars-array.{parquet,arrow}": ["a|b", "c|d"],
      "duckdb-array.parquet": ["a|b", "c|d"],
      "fastavro-array.avro": LIST,
    },
  ),
  expected(
    "whole numbers",
    "LONG",
    {},
    {
      "pyarrow-int8.{parquet,arrow}": [-128, 127],
      "pyarrow-int16.{parquet,arrow}": [-32768, 32767],
      "pyarrow-int32.{parquet,arrow}": [-2147483648, 2147483647],
      "pyarrow-int64.{parquet,arrow}": [-9223372036854775808n, 9007199254740993n],
      "pyarrow-uint8.{parquet,arrow}": [0, 255],
      "pyarrow-uint16.{parquet,arrow}": [0, 65535],
      "pyarrow-uint32.{parquet,arrow}": [0, 4294967295],
      "pyarrow-dictionary-int64.{parquet,arrow}": [9007199254740993n, -1],
      "pyarrow-bool8.parquet": [1, 0],
      "pyarrow-duration-s-without-arrow-schema.parquet": SPANS,
      "pyarrow-duration-ns-without-arrow-schema.parquet": [90_000_000_000, -86_400_000_000_000],
      "{pandas,fastparquet}-Int64.parquet": [9007199254740993n, -1],
      "{pandas,fastparquet}-category-of-numbers.parquet": [7, 8],
      "fastavro-int.avro": [-2147483648, 2147483647],
      "fastavro-long.avro": [-9223372036854775808n, 9007199254740993n],
    },
  ),
  expected(
    "numbers with a fraction",
    "DOUBLE",
    {},
    {
      "pyarrow-float16.{parquet,arrow}": [1.5, -0.25],
      "pyarrow-float32.{parquet,arrow}": [0.1, 16777216],
      "pyarrow-float64.{parquet,arrow}": [0.1, 1e-300],
      "pyarrow-decimal{32,64}.{parquet,arrow}": MONEY,
      "{pandas,fastparquet}-Float64.parquet": [0.1, 1e-300],
      "polars-float32.{parquet,arrow,avro}": [0.1, 16777216],
      "polars-decimal.{parquet,arrow,avro}": MONEY,
      "fastavro-float.avro": [0.1, 16777216],
      "fastavro-double.avro": [0.1, 1e-300],
    },
  ),
  expected(
    "truth values",
    "BOOLEAN",
    {},
    {
      "pyarrow-bool.{parquet,arrow}": [true, false],
      "pyarrow-bool8.arrow": [true, false],
      "{pandas,fastparquet}-boolean.parquet": [true, false],
      "fastavro-boolean.avro": [true, false],
    },
  ),
  expected(
    "times",
    "LONG",
    { time: {} },
    {
      "pyarrow-timestamp-{s,ms,us,ns}.{parquet,arrow}": MOMENTS,
      "pyarrow-date{32,64}.{parquet,arrow}": DAYS,
      "pandas-dates.parquet": DAYS,
      "pandas-period-months.{parquet,arrow}": MONTHS,
      "pandas-period-seconds.{parquet,arrow}": MOMENTS,
      "polars-date.{parquet,arrow,avro}": DAYS,
      "polars-datetime-ns.{parquet,arrow}": MOMENTS,
      "duckdb-timestamp-{s,ns}.parquet": MOMENTS,
      "fastavro-date.avro": DAYS,
      "fastavro-local-timestamp-{millis,micros}.avro": MOMENTS,
    },
  ),
  // A zone that is said is of times that do not say theirs.
  expected(
    "times with a zone of their own",
    "LONG",
    { time: { zone: "America/New_York" } },
    {
      "pyarrow-timestamp-{s,ns}-zoned.{parquet,arrow}": MOMENTS,
      "polars-datetime-ms-zoned.{parquet,arrow}": MOMENTS,
      "duckdb-timestamp-zoned.parquet": MOMENTS,
      "fastavro-timestamp-{millis,micros,nanos}.avro": MOMENTS,
    },
  ),
  expected(
    "parts of nested values",
    "STRING",
    { from: ["VALUE.name"] },
    {
      "pyarrow-struct.{parquet,arrow}": ["a", "b"],
      "pyarrow-list-of-structs.{parquet,arrow}": LIST,
      "polars-struct.{parquet,arrow,avro}": ["a", "b"],
      "duckdb-struct.parquet": ["a", "b"],
      "fastavro-record.avro": ["a", "b"],
    },
  ),
  expected(
    "parts of maps",
    "STRING",
    { from: ["VALUE.k"] },
    {
      "pyarrow-map.{parquet,arrow}": ["a", undefined],
      "duckdb-map.parquet": ["a", undefined],
      "fastavro-map.avro": ["a", undefined],
    },
  ),
  {
    what: "durations in seconds, where that is asked for",
    mapping: { columns: [{ name: "VALUE_DOUBLE", expression: 'epoch("VALUE")' }] },
    files: each(
      DURATIONS.map((name) => `types/${name}`),
      rows("DOUBLE", SPANS),
    ),
  },
];

const refused = (target: Target, names: string, reason: RegExp, column: object = {}): Refused[] =>
  namesOf(names).map((name) => ({
    file: `types/${name}`,
    mapping: { columns: [{ name: `VALUE_${target}`, from: ["VALUE"], ...column }] },
    reason,
  }));

/** Values that are refused by their type, or in their row. */
export const REFUSED_VALUES: readonly Refused[] = [
  ...DURATIONS.flatMap((name) => refused("LONG", name, /VALUE_LONG is a duration; .*epoch\("VALUE"\)/, { time: {} })),
  ...refused("STRING", "pyarrow-list-duration.{parquet,arrow}", /is a list of durations; make it a list of numbers/),
  ...refused("LONG", "pyarrow-struct-duration.{parquet,arrow}", /is a duration; /, { from: ["VALUE.d"] }),
  ...refused("STRING", "{duckdb-interval.parquet,fastavro-duration.avro}", /is a duration; /),
  ...refused(
    "STRING",
    "pyarrow-decimal256.parquet",
    /has a column VALUE of decimals with 50 digits, of which at most 38/,
  ),
  ...refused("STRING", "pyarrow-binary-no-text.{parquet,arrow}", /line 1: VALUE_STRING is binary and no UTF-8 text/),
  ...refused("DOUBLE", "pyarrow-float64-not-a-number.{parquet,arrow}", /line 2: VALUE_DOUBLE "nan" is not a number/),
  ...refused("LONG", "pyarrow-uint64.{parquet,arrow}", /line 2: .*"18446744073709551615" is not a whole number of 64/),
  ...refused("STRING", "pyarrow-list-with-bar.{parquet,arrow}", /line 1: .* holds "\|", which separates/),
  ...refused("STRING", "pyarrow-list-of-lists.{parquet,arrow}", /is a list of lists/),
  ...refused("STRING", "pyarrow-{struct,map}.{parquet,arrow}", /is nested; a mapping can take a part of it/),
  ...refused("STRING", "{pandas-interval,pyarrow-map-int}.parquet", /is nested; a mapping can take a part of it/),
  ...refused("STRING", "{duckdb,pyarrow}-json.parquet", /line 1: VALUE_STRING is nested/),
  ...refused("STRING", "polars-int128.parquet", /line 1: VALUE_STRING (has a NUL character|is binary)/),
  ...refused("STRING", "duckdb-{hugeint,uhugeint}.parquet", /line 1: .* may stand for several/, {
    name: "ITEM_ID",
  }),
  ...refused("STRING", "pyarrow-map-int.arrow", /has a column VALUE that is of the type Map/),
  ...refused("STRING", "pyarrow-{union,interval}.arrow", /has a column VALUE that is of the type/),
  ...refused(
    "STRING",
    "{pyarrow-run-end-encoded,pyarrow-list-view,polars-int128}.arrow",
    /cannot be read as Arrow \(Unr/,
  ),
];
