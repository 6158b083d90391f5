import * as dataset from "@palate/proto/dataset";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOrNull } from "../common/scalars.js";

const FileFormat = {
  CSV: dataset.FileFormat.FILE_FORMAT_CSV,
  JSON_LINES: dataset.FileFormat.FILE_FORMAT_JSON_LINES,
  JSON: dataset.FileFormat.FILE_FORMAT_JSON,
  PARQUET: dataset.FileFormat.FILE_FORMAT_PARQUET,
  AVRO: dataset.FileFormat.FILE_FORMAT_AVRO,
  ORC: dataset.FileFormat.FILE_FORMAT_ORC,
  ARROW: dataset.FileFormat.FILE_FORMAT_ARROW,
} as const;
registerEnumType(FileFormat, {
  name: "FileFormat",
  description: "How the rows of a file are written down.",
  valuesConfig: {
    CSV: { description: "Text with a separator between values; TSV too." },
    JSON_LINES: { description: "A JSON object in each line." },
    JSON: { description: "A JSON document whose rows are objects of an array, see rowsPath." },
    PARQUET: { description: "Apache Parquet." },
    AVRO: { description: "An Avro object container file." },
    ORC: { description: "Apache ORC." },
    ARROW: { description: "Arrow IPC: a file (Feather version 2) or a stream." },
  },
});

const TimeUnit = {
  SECONDS: dataset.TimeUnit.TIME_UNIT_SECONDS,
  MILLISECONDS: dataset.TimeUnit.TIME_UNIT_MILLISECONDS,
  MICROSECONDS: dataset.TimeUnit.TIME_UNIT_MICROSECONDS,
  NANOSECONDS: dataset.TimeUnit.TIME_UNIT_NANOSECONDS,
  MINUTES: dataset.TimeUnit.TIME_UNIT_MINUTES,
  HOURS: dataset.TimeUnit.TIME_UNIT_HOURS,
  DAYS: dataset.TimeUnit.TIME_UNIT_DAYS,
  SPREADSHEET_DAYS: dataset.TimeUnit.TIME_UNIT_SPREADSHEET_DAYS,
} as const;
registerEnumType(TimeUnit, {
  name: "TimeUnit",
  description: "What a number that stands for a time counts, from 1970-01-01T00:00:00Z unless it says otherwise.",
  valuesConfig: {
    SECONDS: { description: "Seconds, with or without a fraction." },
    MILLISECONDS: { description: "Milliseconds." },
    MICROSECONDS: { description: "Microseconds." },
    NANOSECONDS: { description: "Nanoseconds." },
    MINUTES: { description: "Minutes." },
    HOURS: { description: "Hours." },
    DAYS: { description: "Days." },
    SPREADSHEET_DAYS: { description: "Days since 1899-12-30, as spreadsheets count them." },
  },
});

/** Description of a type that is given and answered in the same form. */
function described(description: string) {
  return { simpleResolvers: true, description };
}

const DIALECT =
  "How a text file with separated values is written. What is not given is as in RFC 4180: a header, commas, double quotes, UTF-8.";

@InputType("CsvDialectInput", { description: DIALECT })
@ObjectType("CsvDialect", described(DIALECT))
export class CsvDialect {
  @Field(() => String, {
    nullable: true,
    description: 'What separates values, such as ";", "\\t" or "::", at most four bytes; a comma when absent or empty.',
  })
  delimiter?: string;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the first line names the columns; true unless names are given.",
  })
  header?: boolean;

  @Field(() => [String], {
    nullable: true,
    description:
      "The columns' names in the order of the file, for files without a header, or in place of the header's.",
  })
  names?: string[];

  @Field(() => String, {
    nullable: true,
    description:
      'The character around values that hold separators; absent is a double quote, "" means that quotes are text.',
  })
  quote?: string;

  @Field(() => String, {
    nullable: true,
    description: "The character before a quote inside of quotes; absent is the quote itself.",
  })
  escape?: string;

  @Field(() => String, {
    nullable: true,
    description:
      'UTF-8 when absent or empty; "utf-16", "utf-16le", "utf-16be", or a label of the ISO-8859 and Windows families as the WHATWG Encoding Standard has them, such as "latin1" and "windows-1252".',
  })
  encoding?: string;

  @Field(() => Int, {
    nullable: true,
    description: "Lines before the header or the first row that are passed over; 0 when absent.",
  })
  skipLines?: number;

  @Field(() => String, {
    nullable: true,
    description: "Lines that begin with this are passed over; none when absent or empty.",
  })
  comment?: string;
}

const TIME = "How a time is written. Times are rounded down to the second.";

@InputType("TimeFormatInput", { description: TIME })
@ObjectType("TimeFormat", described(TIME))
export class TimeFormat {
  @Field(() => TimeUnit, {
    nullable: true,
    description:
      "What a number counts; absent is seconds, or the file's own type where it has one. Not together with formats.",
  })
  unit?: number | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Patterns of DuckDB\'s strptime, such as "%m/%d/%Y %I:%M:%S %p", tried in order; "ISO" is ISO 8601 in any of its usual forms.',
  })
  formats?: string[];

  @Field(() => String, {
    nullable: true,
    description: 'IANA name of the zone of times that do not say theirs, such as "Europe/Berlin"; UTC when absent.',
  })
  zone?: string;
}

const RULE = "One rule of what a value becomes. Rules are tried in order; a value that none fits stays as it is.";

@InputType("ValueRuleInput", { description: RULE })
@ObjectType("ValueRule", described(RULE))
export class ValueRule {
  @Field(() => String, { nullable: true, description: "The rule fits values equal to this text." })
  equals?: string;

  @Field(() => Float, { nullable: true, description: "The rule fits numbers that are at least this." })
  atLeast?: number;

  @Field(() => String, { description: "What the value becomes; with the empty text there is none." })
  value!: string;
}

const COLUMN = "How one column of the dataset is filled.";

@InputType("ColumnMappingInput", { description: COLUMN })
@ObjectType("ColumnMapping", described(COLUMN))
export class ColumnMapping {
  @Field(() => String, { description: "The schema's column." })
  name!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'The file\'s columns that it is taken from; the first that has a value in a row counts. Each is a name, a nested path such as "properties.sku", a position such as "#3" (the first is "#1"), a partition key, or, with explode, "element", "element.PATH" or "element.#2". Absent is the column of the same name.',
  })
  from?: string[];

  @Field(() => String, {
    nullable: true,
    description: "The value where from has none; without from, of every row.",
  })
  constant?: string;

  @Field(() => String, {
    nullable: true,
    description: "A DuckDB expression over the file's columns, in place of from. It reaches nothing but the row.",
  })
  expression?: string;

  @Field(() => TimeFormat, { nullable: true, description: "How the value is a time." })
  time?: TimeFormat;

  @Field(() => String, {
    nullable: true,
    description: 'What separates the values of a list, such as ", "; "[]" reads a list as JSON or as Python prints it.',
  })
  separator?: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Words that mean "no value" here, in place of the mapping\'s.',
  })
  nullValues?: string[];

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether white space around the value, and around the values of a list, is cut off; absent is as the mapping says.",
  })
  trim?: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'The decimal mark of numbers: "." (also when absent) or ",". Thousands may be separated by the other one, a blank or an apostrophe.',
  })
  decimalMark?: string;

  @Field(() => [ValueRule], {
    nullable: true,
    description: 'What values become, such as "pv" to "view", or a rating of at least 4 to "like".',
  })
  rules?: ValueRule[];
}

const EXPLODE = "Turns one row of the file into several: one for each element of a list.";

@InputType("ExplodeInput", { description: EXPLODE })
@ObjectType("Explode", described(EXPLODE))
export class Explode {
  @Field(() => String, {
    description: "The list: a column or nested path. Rows whose list is empty or missing give no row.",
  })
  list!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "What separates the elements where the list is text; absent where it is a list of the file's own, or JSON text.",
  })
  separator?: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What separates the parts of an element that is text, which are "element.#1", "element.#2"; none when absent.',
  })
  partSeparator?: string;

  @Field(() => [String], {
    nullable: true,
    description:
      "Other lists of the row that go along: their columns stand for the value at the same place. They must be as long.",
  })
  parallel?: string[];
}

const MAPPING =
  "How the rows of files become rows of a dataset. All of it is optional: what is not said is as without a mapping.";

@InputType("ImportMappingInput", { description: MAPPING })
@ObjectType("ImportMapping", described(MAPPING))
export class ImportMapping {
  @Field(() => FileFormat, {
    nullable: true,
    description: "The files' format; told by their content, and by their name where several are possible, when absent.",
  })
  format?: number | null;

  @Field(() => CsvDialect, { nullable: true, description: "How text files are written." })
  csv?: CsvDialect;

  @Field(() => String, {
    nullable: true,
    description:
      'Where in a JSON document the array of rows is, such as "data.orders"; the document itself when absent or empty.',
  })
  rowsPath?: string;

  @Field(() => [ColumnMapping], {
    nullable: true,
    description:
      "How columns of the dataset are filled. Those that are not listed are taken from the file's column of the same name.",
  })
  columns?: ColumnMapping[];

  @Field(() => Explode, { nullable: true, description: "One row into several." })
  explode?: Explode;

  @Field(() => String, {
    nullable: true,
    description:
      'A DuckDB condition over the file\'s columns: rows of which it is not true are left out, and counted. With explode it is asked of each row that comes of an element, and may use "element" and the lists that go along.',
  })
  rowFilter?: string;

  @Field(() => [String], {
    nullable: true,
    description:
      "Keys of key=value folders that are columns of the file, in any format and from any place. A file that has such a column itself, or lies in a folder without the key, is refused.",
  })
  partitionKeys?: string[];

  @Field(() => [String], {
    nullable: true,
    description:
      "Columns of the file that are meant to be left out; others that nothing uses are left out and reported.",
  })
  ignoredColumns?: string[];

  @Field(() => Boolean, {
    nullable: true,
    description: "Refuse columns of the file that nothing uses and that are not in ignoredColumns.",
  })
  refuseUnknownColumns?: boolean;

  @Field(() => [String], {
    nullable: true,
    description: 'Words that mean "no value" in every column, such as "NULL" and "\\N", besides the empty text.',
  })
  nullValues?: string[];

  @Field(() => Boolean, { nullable: true, description: "Whether white space around values is cut off." })
  trim?: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      "A DuckDB SELECT over the table file, whose columns are the file's as text (typed in typed formats), and row_number, which counts its rows from 1. Its result stands for the file in all of the above. It can read nothing else.",
  })
  sql?: string;

  /** From the proto's message; null when there is none. */
  static from(message: dataset.ImportMapping | undefined): ImportMapping | null {
    if (message === undefined) return null;
    const columns = message.columns.map((column) => ({
      ...column,
      time: column.time && { ...column.time, unit: enumOrNull(column.time.unit) },
    }));
    return Object.assign(new ImportMapping(), { ...message, format: enumOrNull(message.format), columns });
  }

  /** As the proto's message; undefined when there is none. */
  static toMessage(mapping: ImportMapping | null | undefined): dataset.ImportMapping | undefined {
    // Made from null and absent alike: a null in the input is as if it had not been given.
    return mapping ? dataset.ImportMapping.fromPartial(mapping as object) : undefined;
  }
}
