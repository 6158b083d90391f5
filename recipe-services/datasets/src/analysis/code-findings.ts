import type { Finding } from "@palate/proto/dataset";
import { ofRows, quoted, severityFrom } from "./finding-text.js";

/** Share of the rows from which on lost zeros are critical. */
const CRITICAL_SHARE = 0.1;

/** Texts such as "0012" in a column that the schema has as a number, which then is 12. */
export interface LeadingZeros {
  readonly column: string;
  /** How many rows have such a text. */
  readonly rows: number;
  /** One of the texts. */
  readonly example: string;
}

/** Findings about codes that lost their zeros, being numbers in the schema. */
export function codeFindings(rows: number, leadingZeros: readonly LeadingZeros[]): Finding[] {
  return leadingZeros.map(({ column, rows: odd, example }) => ({
    severity: severityFrom(CRITICAL_SHARE, odd / rows),
    column,
    message: `${ofRows(odd, rows)} have a number with leading zeros in the file, such as ${quoted(example)}, which became ${Number(example)}.`,
    suggestion: `If they are codes, give the column the type "string" in a new schema (updateDataset) and import the file again.`,
  }));
}
