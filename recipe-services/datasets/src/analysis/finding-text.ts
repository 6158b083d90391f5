import { FindingSeverity } from "@palate/proto/dataset";

/** A number of rows, values or ids in a sentence. */
export const count = (value: number): string => value.toLocaleString("en-GB");

/** A share in a sentence. */
export const percent = (share: number): string =>
  `${share > 0 && share < 0.001 ? "less than 0.1" : (100 * share).toFixed(1)} %`;

/** How many rows of all that is, in a sentence. */
export const ofRows = (some: number, rows: number): string =>
  `${count(some)} ${some === 1 ? "row" : "rows"} (${percent(some / rows)})`;

/** CRITICAL from a share of the rows on, otherwise WARNING. */
export function severityFrom(criticalShare: number, share: number): FindingSeverity {
  return share >= criticalShare ? FindingSeverity.FINDING_SEVERITY_CRITICAL : FindingSeverity.FINDING_SEVERITY_WARNING;
}

/** Characters that nobody sees, and blanks other than the space. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{M}]|(?! )\p{Z}/gu;

/** A value as JSON writes it, with what nobody sees as "\u200b" and the like. */
export function quoted(value: string): string {
  return JSON.stringify(value).replace(UNSEEN, (character) =>
    [...character].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** The values that {@link quoted} wrote into a text, and what comes between them. */
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/**
 * Takes values out of a text into which {@link quoted} wrote them.
 * @param isGone whether a value is to go; asked once for each
 */
export function withoutQuoted(text: string, isGone: (value: string) => boolean): string {
  return text.replace(QUOTED, (each) => {
    try {
      return isGone(JSON.parse(each) as string) ? "(deleted)" : each;
    } catch {
      return each;
    }
  });
}
