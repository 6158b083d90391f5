/** What values a column of a file holds. Formats without types hold texts, or what JSON can say. */
export type FileType =
  | { readonly is: "text" | "boolean" | "double" | "float" | "date" | "texts" }
  /** Whole numbers of so many bits. */
  | { readonly is: "whole"; readonly bits: 32 | 64 }
  /** Whole numbers in units of the last digit. */
  | { readonly is: "decimal"; readonly precision: number; readonly scale: number }
  /** Moments as counts of such parts of a second since 1970, in UTC or on a clock without a zone. */
  | { readonly is: "moment"; readonly perSecond: 1_000 | 1_000_000 | 1_000_000_000; readonly zoned: boolean }
  /** Numbers as JSON writes them; their cells are that text. */
  | { readonly is: "literal" }
  | { readonly is: "object"; readonly fields: readonly FileField[] };

/** A part of an object. */
export interface FileField {
  readonly name: string;
  readonly type: FileType;
}

/** One value of a file; days since 1970 where it is a date. */
export type FileCell =
  string | number | bigint | boolean | null | readonly (string | null)[] | { readonly [field: string]: FileCell };

/** A column of a file. */
export interface FileColumn {
  readonly name: string;
  readonly type: FileType;
  /** Its value in each row. */
  readonly cells: readonly FileCell[];
}

/** What a file says, before it is written in any format. */
export interface FileTable {
  readonly columns: readonly FileColumn[];
  readonly rows: number;
}

/** What formats can hold. */
export type Family = "text" | "json" | "typed";
