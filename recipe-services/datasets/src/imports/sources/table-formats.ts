import { invalidArgument, type PalateError } from "@palate/host";

/** A format of tables whose folders hold more than the table's present rows: a log says which files, and rows of them, count. */
export interface TableFormat {
  /** Its name. */
  readonly name: string;
  /** The folder in a table's folder by which it is known. */
  readonly mark: string;
  /** What a file in that folder is called, where other tools have folders of that name as well. */
  readonly file?: RegExp;
}

/** The table formats that are known. */
export const TABLE_FORMATS: readonly TableFormat[] = [
  { name: "Delta Lake", mark: "_delta_log" },
  { name: "Apache Iceberg", mark: "metadata", file: /\.metadata\.json(\.gz)?$|^snap-.*\.avro$|^version-hint\.text$/ },
  { name: "Apache Hudi", mark: ".hoodie" },
];

/** The folders that a path lies in, from the outermost: "a/b/c.csv" lies in "", "a/" and "a/b/". */
export function foldersAbove(path: string): string[] {
  const folders = [""];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) folders.push(path.slice(0, at + 1));
  return folders;
}

/** The refusal of a file that is part of a table. */
export function tableRefusal(location: string, table: string, { name }: TableFormat): PalateError {
  return invalidArgument(
    `location "${location}" lies in the ${name} table "${table}", whose files hold rows that were deleted or replaced too; only the table's log says which count. Export the table's current rows, as Parquet files for instance, and import those.`,
  );
}
