/** Most characters of a name in a message about it. */
const MAX_NAME_LENGTH = 100;

/**
 * A text of at most `most` characters (UTF-16 code units, by default 100); "…" stands for what was cut off. Never ends in half a
 * character.
 */
export function cut(text: string, most = MAX_NAME_LENGTH): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/\p{Surrogate}$/u, "")}…`;
}

/** A text without halves of characters, such as cutting leaves: gRPC cannot send them. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
