import { invalidArgument, type PalateError } from "@palate/host";

/** A place in a text; both count from 1. */
export interface Place {
  readonly line: number;
  /** In UTF-16 units. */
  readonly column: number;
}

/** Line and column of an offset into a text. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - start + 1 };
}

/** "line 1, column 17". */
export function placeText({ line, column }: Place): string {
  return `line ${line}, column ${column}`;
}

// Places are kept beside the syntax and not in it: two filters that say the same are then equal.
const places = new WeakMap<object, Place>();

/** Remembers where a piece of syntax was written. */
export function written<T extends object>(syntax: T, place: Place): T {
  places.set(syntax, place);
  return syntax;
}

/** Where a piece of syntax was written, or an error found; none when it was not parsed from text. */
export function placeOf(syntax: object): Place | undefined {
  return places.get(syntax);
}

/** An error about a place: message and violation both name it. */
export function errorAt(what: string, place: Place, message: string): PalateError {
  return written(
    invalidArgument(`${what}, ${placeText(place)}: ${message}`, [{ field: placeText(place), message }]),
    place,
  );
}
