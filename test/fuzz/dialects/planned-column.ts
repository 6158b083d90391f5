import type { Random } from "@palate/numeric";
import type { FileCell, FileType, Family } from "./file-table.js";
import type { Alphabet } from "./random-texts.js";

/** A value as the dataset stores it: whole numbers of 64 bits as text, lists as text with "|" between. */
export type StoredCell = string | number | boolean | null;

/** One column of a dataset's schema. */
export interface SchemaColumn {
  readonly name: string;
  readonly type: "string" | "int" | "long" | "float" | "double" | "boolean";
  readonly nullable: boolean;
  readonly categorical: boolean;
  readonly textual: boolean;
}

/** What a mapping says about a column, as JSON, without its name and where it comes from. */
export interface ColumnWords {
  readonly constant?: string;
  readonly time?: { readonly unit?: string; readonly formats?: readonly string[]; readonly zone?: string };
  readonly separator?: string;
  readonly trim?: boolean;
  readonly decimalMark?: string;
  readonly rules?: readonly { readonly equals?: string; readonly atLeast?: number; readonly value: string }[];
}

/** Values of a column of a dataset, and the cells of a file that they can be read from. */
export interface Written {
  readonly expected: readonly StoredCell[];
  readonly type: FileType;
  readonly cells: readonly FileCell[];
  readonly words?: ColumnWords;
  /** A cell that is no value of the column, where one can be written. */
  readonly wrong?: FileCell;
}

/** What columns are drawn on. */
export interface Ground {
  readonly random: Random;
  readonly rows: number;
  readonly family: Family;
  readonly alphabet: Alphabet;
  /** Whether columns are to be such that no mapping has to say anything about them. */
  readonly plain: boolean;
}
