import type { DuckDBConnection } from "@duckdb/node-api";
import { identifier, queryRows } from "../../storage/duckdb.js";

/** What the values of a text column say about its type. */
export interface ColumnFigures {
  readonly name: string;
  /** Values that are there. */
  readonly filled: number;
  readonly distinct: number;
  /** Whole numbers of at most 64 bits without leading zeros. */
  readonly whole: number;
  /** Whole numbers of any size, and with leading zeros: codes where `whole` has fewer. */
  readonly digits: number;
  readonly decimal: number;
  readonly boolean: number;
  /** Values with "|" in them. */
  readonly lists: number;
  /** Characters on average. */
  readonly length: number;
}

/** Counts of some text columns of a table. */
export async function columnFigures(
  connection: DuckDBConnection,
  table: string,
  names: readonly string[],
): Promise<ColumnFigures[]> {
  const figures: ColumnFigures[] = [];
  for (const name of names) {
    const column = identifier(name);
    const matching = (pattern: string) => `count(*) FILTER (regexp_full_match(${column}, '${pattern}'))`;
    const [row] = await queryRows(
      connection,
      `SELECT count(${column}) AS filled, count(DISTINCT ${column}) AS "distinct",
         count(*) FILTER (regexp_full_match(${column}, '-?(0|[1-9][0-9]*)') AND TRY_CAST(${column} AS BIGINT) IS NOT NULL) AS whole,
         ${matching("-?[0-9]+")} AS digits,
         ${matching("-?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?")} AS decimal,
         ${matching("(?i:true|false)")} AS "boolean", count(*) FILTER (contains(${column}, '|')) AS lists,
         coalesce(avg(length(${column})), 0) AS length FROM ${table}`,
    );
    const figure = (key: string) => Number(row?.[key] ?? 0);
    figures.push({
      name,
      filled: figure("filled"),
      distinct: figure("distinct"),
      whole: figure("whole"),
      digits: figure("digits"),
      decimal: figure("decimal"),
      boolean: figure("boolean"),
      lists: figure("lists"),
      length: figure("length"),
    });
  }
  return figures;
}
