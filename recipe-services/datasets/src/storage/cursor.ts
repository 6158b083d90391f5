/** A place in the change log of one dataset group. Opaque to readers. */
export interface Cursor {
  /** The log's id: a group that is deleted and made anew has another. */
  readonly logId: string;
  /** Number of the commit. */
  readonly sequence: number;
}

const FORM = /^([0-9a-f]{8,64})\.([0-9]{1,15})$/;

/** A cursor as text. */
export function formatCursor(logId: string, sequence: number): string {
  return `${logId}.${sequence}`;
}

/** A text as a cursor, or undefined when it is none: readers then get a snapshot, not an error. */
export function parseCursor(text: string): Cursor | undefined {
  const match = FORM.exec(text);
  return match ? { logId: match[1]!, sequence: Number(match[2]) } : undefined;
}
