import { boundedError, PalateError, type ErrorCode } from "@palate/host";
import { GRAPHQL_CODE } from "./graphql-code.js";
import { UserError } from "./user-error.js";

/** Codes of what the caller can put right, and which therefore come as data. */
const USER_CODES: ReadonlySet<ErrorCode> = new Set([
  "invalid_argument",
  "not_found",
  "already_exists",
  "failed_precondition",
]);

/** A mutation's payload: what it made, and what the caller has to put right. */
export interface Payload {
  /** Empty when the mutation did what was asked. */
  userErrors: UserError[];
}

/**
 * Runs a mutation and gives its payload. What the caller can put right becomes `userErrors`; anything else is thrown and
 * becomes an entry of the response's `errors`.
 */
export async function payload<P extends Payload>(
  PayloadClass: new () => P,
  run: () => Promise<Partial<P>>,
): Promise<P> {
  try {
    return Object.assign(new PayloadClass(), { userErrors: [] }, await run());
  } catch (thrown) {
    if (!(thrown instanceof PalateError) || !USER_CODES.has(thrown.code)) throw thrown;
    return Object.assign(new PayloadClass(), { userErrors: userErrorsOf(thrown) });
  }
}

/** The payload of a mutation that is refused before it runs. */
export function refusedPayload(error: PalateError): Payload {
  return { userErrors: userErrorsOf(error) };
}

function userErrorsOf(error: PalateError): UserError[] {
  const code = GRAPHQL_CODE[error.code];
  const { message: whole, details } = boundedError(error);
  const { violations = [] } = details;
  if (violations.length === 0) return [Object.assign(new UserError(), { field: null, message: whole, code })];
  return violations.map(({ field, message }) =>
    Object.assign(new UserError(), { field: field || null, message, code }),
  );
}
