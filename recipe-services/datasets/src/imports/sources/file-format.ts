/** What a file's name says about its content; "text" leaves it to the content. */
type NamedFormat = "csv" | "tsv" | "json" | "jsonl" | "parquet" | "avro" | "arrow" | "orc" | "text";

/** Endings of files that are compressed as a whole. */
const COMPRESSED = /\.(gz|gzip|bz2|zst|zstd|xz|lz4|snappy)$/;

const FORMAT_OF_ENDING: Readonly<Record<string, NamedFormat>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
  parq: "parquet",
  avro: "avro",
  arrow: "arrow",
  arrows: "arrow",
  feather: "arrow",
  ipc: "arrow",
  orc: "orc",
  // Data sets for research, and files whose name says nothing else.
  txt: "text",
  dat: "text",
  data: "text",
  inter: "text",
  item: "text",
  user: "text",
};

/** Endings of files that hold no table which could be read. */
const NO_TABLES = new Set(
  "xlsx xls xlsm ods numbers doc docx odt pdf ppt pptx html htm xml zip tar tgz 7z rar jpg jpeg png gif svg exe".split(
    " ",
  ),
);

/** Names, without their endings, of texts about data that lie beside it. */
const ABOUT_DATA =
  /^(read[_-]?me|licen[cs]e|copying|notice|authors|citation|change(s|log)|description|manifest|makefile)/i;

/** The endings that tell a format, for messages. */
export const KNOWN_ENDINGS =
  ".csv, .tsv, .json, .jsonl, .parquet, .avro, .arrow and .feather (texts also with .gz, .bz2 or .zst)";

function endingOf(name: string): string {
  const plain = name.toLowerCase().replace(COMPRESSED, "");
  return plain.includes(".") ? plain.slice(plain.lastIndexOf(".") + 1) : "";
}

/** The format that a file's name says, or undefined. A name without an ending may be of any text. */
export function formatOfName(name: string): NamedFormat | undefined {
  const ending = endingOf(name);
  const format = ending === "" ? "text" : FORMAT_OF_ENDING[ending];
  return format === "text" && ABOUT_DATA.test(name) ? undefined : format;
}

/** Whether a file's name says that it is no table at all, such as a web page or a workbook. */
export function isNoTable(name: string): boolean {
  return NO_TABLES.has(endingOf(name));
}
