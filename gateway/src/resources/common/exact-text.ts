import { invalidArgument } from "@palate/host";

/**
 * A JSON value as text.
 * @param field where it stands, for the error
 * @throws PalateError `invalid_argument` for a number whose last digits are lost already
 */
export function exactText(field: string, value: unknown): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const message = "is a number above 2^53, whose last digits JSON loses; send it as a string";
    throw invalidArgument(`${field} ${message}.`, [{ field, message }]);
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
