import { each, endings, type Expected, type Refused, type Row } from "./expected.js";

/** The rows of shop.py, as they must be stored: times in seconds, rounded down, and "" as no value. */
const ROWS: readonly Row[] = [
  {
    ITEM_ID: "007",
    TITLE: 'He said "hi", twice',
    STOCK: 5,
    BIG: 9007199254740993n,
    PRICE: 19.99,
    AVAILABLE: true,
    CREATION_TIMESTAMP: 1_700_000_000,
    GENRES: "Drama|Sci-Fi",
  },
  { ITEM_ID: "u 3", TITLE: "two\nlines", BIG: -9223372036854775807n, PRICE: 0.1, CREATION_TIMESTAMP: -1 },
  { ITEM_ID: "ä€日", STOCK: 0, AVAILABLE: false },
  {
    ITEM_ID: "1e5",
    TITLE: "null",
    STOCK: -2147483648,
    BIG: 9223372036854775807n,
    PRICE: 1e22,
    AVAILABLE: true,
    CREATION_TIMESTAMP: 946_684_800,
    GENRES: "Film noir",
  },
];

const without = (rows: readonly Row[], ...names: string[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))));
const FLAT = without(ROWS, "GENRES");
/** By the folders of AVAILABLE: without a value, false, true. */
const BY_FOLDER = [ROWS[1]!, ROWS[2]!, ROWS[0]!, ROWS[3]!];

const time = (format: string) => ({ name: "CREATION_TIMESTAMP", time: { formats: [format] } });
const LIST = { name: "GENRES", separator: "[]" };
const ISO = { columns: [time("ISO")] };
const CSV = { columns: [time("ISO"), LIST] };
const euro = { name: "PRICE", decimalMark: "," };

/** Texts. */
export const TEXTS: readonly Expected[] = [
  {
    what: "CSV and TSV",
    mapping: CSV,
    files: each(
      [
        ...endings("pandas", "csv", "tsv", "csv.gz", "csv.bz2", "csv.zst"),
        "pandas-without-index.csv",
        "pandas-all-quoted.csv",
        "pandas-numbers-bare.csv",
        "pandas-named-index.csv",
        "pandas-utf16.csv",
        "pandas-zoned.csv",
        ...endings("duckdb", "csv", "tsv", "csv.gz", "csv.zst"),
        "duckdb-all-quoted.csv",
      ],
      ROWS,
    ),
  },
  {
    what: "CSV without lists",
    mapping: ISO,
    files: each([...endings("polars", "csv", "tsv"), "polars-all-quoted.csv", "polars-zoned.csv", "pyarrow.csv"], FLAT),
  },
  {
    what: "CSV with NaN for no value",
    mapping: { ...CSV, nullValues: ["NaN"] },
    files: { "pandas-words-for-none.csv": ROWS },
  },
  {
    what: "CSV with NULL for no value",
    mapping: { ...CSV, nullValues: ["NULL"] },
    files: { "duckdb-words-for-none.csv": ROWS },
  },
  {
    what: "CSV without lists and with NULL for no value",
    mapping: { ...ISO, nullValues: ["NULL"] },
    files: { "polars-words-for-none.csv": FLAT },
  },
  {
    what: "CSV with semicolons and decimal commas",
    mapping: { csv: { delimiter: ";" }, columns: [time("ISO"), LIST, euro, { ...euro, name: "STOCK" }] },
    files: { "pandas-european.csv": ROWS },
  },
  {
    what: "CSV without lists and with semicolons and decimal commas",
    mapping: { csv: { delimiter: ";" }, columns: [time("ISO"), euro] },
    files: { "polars-european.csv": FLAT },
  },
  {
    what: "CSV with escaped quotes",
    mapping: { ...CSV, csv: { escape: "\\" } },
    files: { "pandas-escaped.csv": ROWS },
  },
  {
    what: "CSV with other quotes",
    mapping: { ...CSV, csv: { quote: "'" } },
    files: { "duckdb-other-quotes.csv": ROWS },
  },
  {
    what: "CSV with the day first",
    mapping: { columns: [time("%d/%m/%Y %H:%M:%S"), LIST] },
    files: { "pandas-dates.csv": ROWS },
  },
  {
    what: "CSV with long dates",
    mapping: { columns: [time("%A, %-d %B %Y, %-I:%M:%S %p"), LIST] },
    files: { "duckdb-dates.csv": ROWS },
  },
  {
    what: "JSON",
    mapping: ISO,
    files: each(
      [
        ...endings("pandas", "json", "jsonl.gz"),
        "pandas-iso.jsonl",
        "pandas-indented.json",
        ...endings("polars", "json", "jsonl"),
        "polars-zoned.jsonl",
        ...endings("duckdb", "json", "jsonl"),
        "duckdb-dates.jsonl",
      ],
      ROWS,
    ),
  },
  { what: "a document of rows", mapping: { ...ISO, rowsPath: "data" }, files: { "pandas-table.json": ROWS } },
  ...(["SECONDS", "MILLISECONDS", "MICROSECONDS", "NANOSECONDS"] as const).map((unit, index) => ({
    what: `JSON Lines with times in ${unit.toLowerCase()}`,
    mapping: { columns: [{ name: "CREATION_TIMESTAMP", time: { unit: `TIME_UNIT_${unit}` } }] },
    files: { [`pandas-epoch-${["s", "ms", "us", "ns"][index]}.jsonl`]: ROWS },
  })),
];

const CODECS = ["snappy", "gzip", "zstd", "brotli"];
const variants = (writer: string, names: readonly string[], ...all: string[]) =>
  names.flatMap((name) => endings(`${writer}-${name}`, ...all));

/** Formats with types. */
export const TABLES: readonly Expected[] = [
  {
    what: "Parquet",
    files: {
      ...each(
        [
          ...variants("pyarrow", ["none", ...CODECS, "lz4", "pages-v2", "version-1", "row-groups", "plain"], "parquet"),
          ...variants("pyarrow", ["int96", "without-arrow-schema", "encodings", "zoned"], "parquet"),
          ...variants("pandas", ["s", "ms", "us", "ns", "zoned", "named-index", "filtered"], "parquet"),
          ...variants("pandas", ["nullable", "arrow-types"], "parquet"),
          ...variants("polars", ["uncompressed", ...CODECS, "lz4", "zoned", "categories"], "parquet"),
          ...variants("duckdb", ["uncompressed", ...CODECS, "lz4_raw", "v2"], "parquet"),
          "fastparquet-json.parquet",
        ],
        ROWS,
      ),
      ...each(
        [
          ...variants("fastparquet", ["uncompressed", ...CODECS, "lz4_raw", "int96"], "parquet"),
          ...variants("fastparquet", ["row-groups", "index", "categories"], "parquet"),
        ],
        FLAT,
      ),
    },
  },
  {
    what: "Arrow",
    files: each(
      [
        ...variants("pyarrow", ["uncompressed", "lz4", "zstd"], "feather", "arrows"),
        ...variants("pyarrow", ["growing-dictionaries"], "arrow", "arrows"),
        ...endings("pyarrow-dictionaries", "arrows"),
        ...endings("pyarrow-replaced-dictionaries", "arrows"),
        ...endings("pyarrow-chunks", "feather"),
        ...endings("pandas", "feather"),
        ...variants("polars", ["uncompressed", "lz4", "zstd"], "arrow", "arrows"),
        ...variants("polars", ["categories", "old-strings"], "arrow"),
      ],
      ROWS,
    ),
  },
  {
    what: "Avro",
    files: each(
      [
        ...variants("fastavro", ["null", "deflate", "snappy", "zstandard"], "avro"),
        ...variants("polars", ["uncompressed", "snappy", "deflate"], "avro"),
      ],
      ROWS,
    ),
  },
  {
    what: "Parquet in folders by a column",
    mapping: { partitionKeys: ["AVAILABLE"] },
    files: each(["pyarrow-partitioned", "duckdb-partitioned"], BY_FOLDER),
  },
  {
    what: "Parquet in folders by a column of words",
    mapping: {
      partitionKeys: ["AVAILABLE"],
      columns: [
        {
          name: "AVAILABLE",
          rules: [
            { equals: "yes", value: "true" },
            { equals: "no", value: "false" },
          ],
        },
      ],
    },
    files: { "pandas-partitioned": BY_FOLDER },
  },
];

/** What is not read, and must say so. */
export const REFUSED_FILES: readonly Refused[] = [
  { file: "pandas.csv.xz", reason: /is compressed with xz, which is not read; compress it with gzip/ },
  { file: "pandas.csv.zip", reason: /is a zip archive/ },
  { file: "polars-never-quoted.csv", mapping: { ...ISO, csv: { delimiter: "\x1f" } }, reason: /line 3: has 2 values/ },
  { file: "pandas-split.json", reason: /ITEM_ID.* is not in the file, which has columns, data, index/ },
  { file: "pandas-columns.json", reason: /line 1: holds an object for each column.*orient="records", lines=True/ },
  { file: "pyarrow-version-1.feather", reason: /is a file of Feather version 1, which is not read/ },
  { file: "pyarrow-split-integers.parquet", reason: /BYTE_STREAM_SPLIT .*; write the column with PLAIN/ },
  { file: "fastavro-bzip2.avro", reason: /compressed with bzip2; null, deflate, zstandard, snappy are read\); write/ },
  { file: "fastavro-xz.avro", reason: /compressed with xz; null, deflate, zstandard, snappy are read\); write/ },
];
