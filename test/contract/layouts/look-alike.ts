import type { DatasetType } from "@palate/proto/dataset";

/** A small file in the form of a published data set or of an export, with values made up. */
export interface LookAlike {
  /** The layout that it is to be recognised as. */
  readonly layout: string;
  /** Its name, which tells nothing but the format. */
  readonly file: string;
  /** Its bytes; of a Parquet file, the query that makes it. */
  readonly content: string | Buffer | { readonly parquet: string };
  /** The dataset type asked for, where it is not told by the content. */
  readonly type?: DatasetType;
  /** Its rows as they are to be stored; what has no value is not in them. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Rows that are generated. */
const ROWS = 12;

/** The numbers 0 to {@link ROWS} − 1. */
export const NUMBERS: readonly number[] = Array.from({ length: ROWS }, (_, index) => index);

/** Seconds of a made-up time; they differ in day, hour, minute and second. */
export const second = (index: number, from = 1_325_376_000): number => from + index * 90_061 + 59;

/** A made-up time as a date object, for writing it down. */
export const time = (index: number, from?: number): Date => new Date(second(index, from) * 1000);

/** Midnight of a made-up time, in seconds. */
export const midnight = (index: number, from?: number): number => Math.floor(second(index, from) / 86_400) * 86_400;

/** "2012-01-01". */
export const day = (index: number, from?: number): string => time(index, from).toISOString().slice(0, 10);

/** "2012-01-01T00:00:59Z". */
export const iso = (index: number, from?: number): string => time(index, from).toISOString().replace(".000", "");

/** Lines of a file. */
export const lines = (line: (index: number) => string, header?: string): string =>
  `${[...(header === undefined ? [] : [header]), ...NUMBERS.map(line)].join("\n")}\n`;

/** Rows that are to be stored. */
export const rows = (row: (index: number) => Record<string, unknown>): Record<string, unknown>[] => NUMBERS.map(row);

/** A number of two digits. */
export const two = (number: number): string => String(number).padStart(2, "0");

/** JSON lines. */
export const jsonLines = (row: (index: number) => object): string => lines((index) => JSON.stringify(row(index)));
