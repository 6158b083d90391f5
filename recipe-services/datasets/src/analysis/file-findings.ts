import { FindingSeverity, type Column, type Finding } from "@palate/proto/dataset";
import { identifier, queryRows } from "../storage/duckdb.js";
import { numberedParquetRows, ROW_NUMBER } from "../storage/read-files.js";
import { ofRows, quoted, severityFrom } from "./finding-text.js";
import { figure, type AnalysedRows } from "./figures.js";

/** Share of a file's rows from which on their repetition is critical, and from which on it is told. */
const CRITICAL_SHARE = 0.5;
const LEAST_SHARE = 0.1;

/** Files that findings name; those with the largest share. */
const NAMED = 5;

/** A file of an import. */
export interface ReadFile {
  readonly location: string;
  /** Its rows; those of all files follow one another. */
  readonly rows: number;
}

/**
 * Findings about files of an import whose rows repeat those of files before them in every column. Costs nothing for a single
 * file.
 * @param path the Parquet file with the rows of all
 * @param countsTwice whether a row that comes twice counts twice, as an interaction does
 */
export async function fileFindings(
  { connection }: Pick<AnalysedRows, "connection">,
  path: string,
  files: readonly ReadFile[],
  columns: readonly Column[],
  countsTwice: boolean,
): Promise<Finding[]> {
  if (files.length < 2) return [];
  const all = columns.map((column) => identifier(column.name)).join(", ");
  let from = 0;
  const starts = files.flatMap(({ rows }, file) => {
    const start = `(${file}, ${from}::BIGINT)`;
    from += rows;
    return rows > 0 ? [start] : [];
  });
  // A row counts for its file where the same row is in an earlier one, named after the first of those.
  const found = await queryRows(
    connection,
    `WITH starts(file, start) AS (VALUES ${starts.join(", ")}),
       hashed AS (SELECT hash(${all}) AS h, ${ROW_NUMBER} AS n FROM ${numberedParquetRows(path)}),
       placed AS (SELECT h, file FROM hashed ASOF JOIN starts ON hashed.n >= starts.start),
       firsts AS (SELECT h, min(file) AS first FROM placed GROUP BY h HAVING min(file) < max(file))
     SELECT file, first, count(*) AS n FROM placed JOIN firsts USING (h) WHERE file > first GROUP BY file, first`,
  );
  const repeats = new Map<number, { rows: number; of: number; most: number }>();
  for (const row of found) {
    const [file, first, n] = [figure(row, "file"), figure(row, "first"), figure(row, "n")];
    const before = repeats.get(file) ?? { rows: 0, of: first, most: 0 };
    const most = n > before.most ? { of: first, most: n } : before;
    repeats.set(file, { ...before, ...most, rows: before.rows + n });
  }
  return [...repeats]
    .map(([file, { rows, of }]) => ({ file: files[file]!, rows, of: files[of]!, share: rows / files[file]!.rows }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share)
    .slice(0, NAMED)
    .map(({ file, rows, of, share }) => ({
      severity: countsTwice ? severityFrom(CRITICAL_SHARE, share) : FindingSeverity.FINDING_SEVERITY_WARNING,
      column: "",
      message: `${ofRows(rows, file.rows)} of ${quoted(file.location)} repeat rows of files before it, most of them of ${quoted(of.location)}.`,
      suggestion: countsTwice
        ? "Leave one of the files out: what is in both counts twice."
        : "Leave one of the files out: the last row of an id counts.",
    }));
}
