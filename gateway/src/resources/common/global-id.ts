import { cut, invalidArgument } from "@palate/host";

/** An opaque id that is unique over the whole API: the type's name and what identifies the object within it. */
export function toGlobalId(type: string, ...parts: readonly string[]): string {
  return Buffer.from(`${type}:${parts.map(encodeURIComponent).join("/")}`).toString("base64url");
}

/**
 * Takes an id of {@link toGlobalId} apart.
 * @throws PalateError `invalid_argument` when it is none
 */
export function fromGlobalId(id: string): { type: string; parts: string[] } {
  const text = Buffer.from(id, "base64url").toString();
  const colon = text.indexOf(":");
  try {
    if (colon > 0)
      return {
        type: text.slice(0, colon),
        parts: text
          .slice(colon + 1)
          .split("/")
          .map(decodeURIComponent),
      };
  } catch {
    // Falls through to the error: decodeURIComponent refuses what toGlobalId never writes.
  }
  throw invalidArgument(`"${cut(id)}" is not an id of this API; take ids from the id fields of earlier answers.`);
}
