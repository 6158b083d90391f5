import type { Violation } from "@palate/host";
import { CsvDialect, FileFormat } from "@palate/proto/dataset";
import { encodingOf } from "../staging/text-encoding.js";

/** Longest delimiter in bytes, DuckDB's limit. */
const MAX_DELIMITER_BYTES = 4;

const LINE_END = /[\r\n]/;

/** Formats whose files say themselves how they are written. */
const TYPED: ReadonlySet<FileFormat> = new Set([
  FileFormat.FILE_FORMAT_PARQUET,
  FileFormat.FILE_FORMAT_AVRO,
  FileFormat.FILE_FORMAT_ARROW,
  FileFormat.FILE_FORMAT_ORC,
]);

const JSON_FORMATS: ReadonlySet<FileFormat> = new Set([FileFormat.FILE_FORMAT_JSON, FileFormat.FILE_FORMAT_JSON_LINES]);

/** What is wrong with how a text file is said to be written; fields begin with "csv". */
export function dialectProblems(csv: CsvDialect, format: FileFormat): Violation[] {
  const { delimiter, quote, escape, encoding, skipLines, comment } = csv;
  const problems: Violation[] = [];
  const check = (field: string, message: string | undefined) => {
    if (message !== undefined) problems.push({ field: `csv.${field}`, message });
  };
  check("delimiter", delimiterProblem(delimiter));
  check("quote", characterProblem(quote));
  check("escape", characterProblem(escape));
  const separator = delimiter || ",";
  if (quote === "" && (escape ?? "") !== "") {
    check("escape", 'stands before a quote inside of quotes, and quote is "", which is none; leave it out');
  } else if (escape && escape !== quote && separator.includes(escape)) {
    check("escape", "is part of the delimiter; they must differ");
  }
  if (quote !== "" && separator.includes(quote ?? '"')) {
    const remedy = quote === undefined ? 'say another quote, or "" for none' : "they must differ";
    check("quote", `is part of the delimiter; ${remedy}`);
  }
  check("encoding", encodingProblem(encoding));
  if (skipLines < 0) check("skip_lines", `is ${skipLines}; it must be 0 or more`);
  if (LINE_END.test(comment)) check("comment", "holds a line end; it is what a line begins with");
  problems.push(...nameProblems(csv), ...formatProblems(csv, format));
  return problems;
}

function delimiterProblem(delimiter: string): string | undefined {
  if (delimiter === "\\t") return 'is a backslash and a "t"; give the tab itself, which JSON writes as "\\t"';
  if (Buffer.byteLength(delimiter) <= MAX_DELIMITER_BYTES && !/[\r\n\0]/.test(delimiter)) return undefined;
  return `must be 1 to ${MAX_DELIMITER_BYTES} bytes without line ends, such as ";" or "\\t"`;
}

function characterProblem(text: string | undefined): string | undefined {
  const isRight = text === undefined || text === "" || (Buffer.byteLength(text) === 1 && !/[\r\n\0]/.test(text));
  return isRight ? undefined : 'must be one ASCII character, such as \'"\'; "" is none';
}

function encodingProblem(encoding: string): string | undefined {
  if (encodingOf(Buffer.alloc(0), encoding) !== undefined) return undefined;
  const right = '"utf-8", "utf-16", "latin1", "windows-1252" and the other labels of the WHATWG Encoding Standard';
  return `is "${encoding.slice(0, 100)}", which is no encoding; ${right} are right`;
}

function nameProblems({ names }: CsvDialect): Violation[] {
  return names.flatMap((name, at) => {
    const field = `csv.names[${at}]`;
    if (name.trim() === "") return [{ field, message: "is empty; each column needs a name" }];
    if (names.indexOf(name) === at) return [];
    return [{ field, message: `is "${name.slice(0, 100)}" again; names must differ` }];
  });
}

/** A dialect of files that have none would do nothing, and nobody would notice. */
function formatProblems(csv: CsvDialect, format: FileFormat): Violation[] {
  const said = { ...csv, ...(JSON_FORMATS.has(format) && { encoding: "" }) };
  const saysNothing = Object.keys(CsvDialect.toJSON(said) as object).length === 0;
  if (saysNothing || !(TYPED.has(format) || JSON_FORMATS.has(format))) return [];
  const other = JSON_FORMATS.has(format) ? "JSON, of which only csv.encoding may be said" : "one that has no dialect";
  return [{ field: "csv", message: `says how CSV is written, and the mapping's format is ${other}; leave it out` }];
}
