/** A row as it is stored, without what has no value. */
export type Row = Readonly<Record<string, unknown>>;

/** Files that one mapping imports, and what must come of each. */
export interface Expected {
  readonly what: string;
  readonly mapping?: object;
  /** The rows of each file. */
  readonly files: Readonly<Record<string, readonly Row[]>>;
}

/** A file that must be refused, and the reason that must be given. */
export interface Refused {
  readonly file: string;
  readonly mapping?: object;
  readonly reason: RegExp;
}

/** The same for several files. */
export function each<T>(files: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(files.map((file) => [file, value]));
}

/** Files called `name` with each of the endings. */
export function endings(name: string, ...all: string[]): string[] {
  return all.map((ending) => `${name}.${ending}`);
}
