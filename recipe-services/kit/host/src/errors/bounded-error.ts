import { cut, wellFormed } from "./cut.js";
import type { ErrorDetails, PalateError, Violation } from "./palate-error.js";

/** Most characters between two quotes of a message: room for paths and locations. */
const MAX_QUOTED_LENGTH = 200;
/** Most characters of a message. */
const MAX_MESSAGE_LENGTH = 2_000;
/** Most violations that are told one by one. */
const MAX_VIOLATIONS = 100;

/** What a caller is told of an error. */
interface ToldError {
  /** {@link PalateError}'s message, of at most 2,000 characters; what it quotes is cut to 200. */
  readonly message: string;
  /** Its details; of many violations the first, and how many more there are. */
  readonly details: ErrorDetails;
}

/** The message of an error that quotes what callers sent, which may be of any length: long quotes are cut, and so is its middle. */
export function boundedMessage(message: string): string {
  if (message.length <= MAX_QUOTED_LENGTH) return message;
  const quotesCut = message.replace(/"([^"]*)"/g, (quote, quoted: string) =>
    quoted.length > MAX_QUOTED_LENGTH ? `"${cut(quoted)}"` : quote,
  );
  return withoutMiddle(quotesCut, MAX_MESSAGE_LENGTH);
}

/** An error as it may leave the process, whatever was in the request that it is about. */
export function boundedError({ message, details }: PalateError): ToldError {
  return { message: boundedMessage(message), details: boundedDetails(details, MAX_VIOLATIONS) };
}

/**
 * An error that fits into a number of bytes.
 * @param messageBytes of the message, as `sizeOfMessage` counts them
 * @param detailBytes of the details as JSON in UTF-8
 */
export function errorWithin(
  { message, details }: PalateError,
  messageBytes: number,
  detailBytes: number,
  sizeOfMessage: (message: string) => number,
): ToldError {
  let told = wellFormed(boundedMessage(message));
  for (let size = sizeOfMessage(told); size > messageBytes; size = sizeOfMessage(told))
    told = withoutMiddle(told, Math.floor((told.length * messageBytes) / size) - 20);
  let most = MAX_VIOLATIONS;
  let toldDetails = boundedDetails(details, most);
  while (most > 0 && sizeOfDetails(toldDetails) > detailBytes) toldDetails = boundedDetails(details, (most >>= 1));
  return { message: told, details: toldDetails };
}

function boundedDetails(details: ErrorDetails, mostViolations: number): ErrorDetails {
  const { resourceName, violations } = details;
  if (resourceName === undefined && violations === undefined) return details;
  return {
    ...details,
    ...(resourceName !== undefined && { resourceName: cut(resourceName, MAX_QUOTED_LENGTH) }),
    ...(violations && { violations: boundedViolations(violations, mostViolations) }),
  };
}

/** The first violations; where there are more, the last entry says how many, and is about no field. */
function boundedViolations(violations: readonly Violation[], most: number): Violation[] {
  const told = violations
    .slice(0, most)
    .map(({ field, message }) => ({ field: cut(field, MAX_QUOTED_LENGTH), message: boundedMessage(message) }));
  const more = violations.length - told.length;
  return more > 0 ? [...told, { field: "", message: `and ${more} more` }] : told;
}

function sizeOfDetails(details: ErrorDetails): number {
  return Buffer.byteLength(JSON.stringify(details));
}

/** What is wrong stands at the beginning, what would be right at the end. */
function withoutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor(most / 4);
  return wellFormed(`${text.slice(0, most - end)} … ${text.slice(text.length - end)}`);
}
