import type { CsvDialect } from "@palate/proto/dataset";

/** How a text file with separated values is written, with everything that was not said as RFC 4180 has it. */
export interface CsvFormat {
  /** What separates values, 1 to 4 bytes. */
  readonly delimiter: string;
  /** Whether the first record names the columns, or would if `names` did not. */
  readonly header: boolean;
  /** The columns' names in the order of the file; empty when the header says them. */
  readonly names: readonly string[];
  /** The character around values that hold separators; "" when quotes are text. */
  readonly quote: string;
  /** The character before a quote inside of quotes. */
  readonly escape: string;
  /** Lines before the first record that are passed over. */
  readonly skipLines: number;
  /** What lines begin with that are passed over; "" is none. */
  readonly comment: string;
}

/**
 * A header and double quotes, as in RFC 4180; what `dialect` says otherwise counts.
 * @param delimiter what separates values when `dialect` does not say it
 */
export function csvFormat(dialect?: CsvDialect, delimiter: string = ","): CsvFormat {
  const names = dialect?.names ?? [];
  const quote = dialect?.quote ?? '"';
  return {
    delimiter: dialect?.delimiter || delimiter,
    header: dialect?.header ?? names.length === 0,
    names,
    quote,
    escape: quote === "" ? "" : (dialect?.escape ?? quote),
    skipLines: dialect?.skipLines ?? 0,
    comment: dialect?.comment ?? "",
  };
}
