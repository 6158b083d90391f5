import { invalidArgument } from "@palate/host";

/**
 * A JSON value as text.
 * @param field where it stands, for the error
 * @throws PalateError `invalid_argument` for a number whose last digits are lost already
 */
function exactText(field: string, value: unknown): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const message = "is a number above 2^53, whose last digits JSON loses; send it as a string";
    throw invalidArgument(`${field} ${message}.`, [{ field, message }]);
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * JSON values by name as texts by name.
 * @param field where they stand, for the error
 * @throws PalateError `invalid_argument` for a number that is not exact, and for the one name that services cannot be told
 */
export function exactTexts(field: string, values: Record<string, unknown> | null | undefined): Record<string, string> {
  const entries = Object.entries(values ?? {});
  if (entries.some(([name]) => name === "__proto__")) {
    const message = "is no name of anything here; take it out";
    throw invalidArgument(`${field}.__proto__ ${message}.`, [{ field: `${field}.__proto__`, message }]);
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, exactText(`${field}.${name}`, value)]));
}
