import type { Field } from "apache-arrow";

/** The extension of bytes that are UUIDs. */
export const UUID = "arrow.uuid";

/** The extension of whole numbers that are truth values. */
export const BOOL8 = "arrow.bool8";

/** What a field's values are, beyond how they are stored: "arrow.uuid" and the like; "" is nothing. */
export function extensionOf(field: Field): string {
  return field.metadata.get("ARROW:extension:name") ?? "";
}
