import { exactTexts } from "../common/exact-text.js";

/**
 * Contextual values as text, as recipe services take them.
 * @throws PalateError `invalid_argument` for a number that is not exact
 */
export function toContext(values: Record<string, unknown> | null | undefined): Record<string, string> {
  return exactTexts("context", values);
}
