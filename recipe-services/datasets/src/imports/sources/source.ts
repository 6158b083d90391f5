/** A file whose bytes can be read now. */
export interface OpenedSource {
  /** Its name, whose ending tells the format. */
  readonly name: string;
  /** Its bytes; undefined when nobody says beforehand. */
  readonly bytes: number | undefined;
  /** The bytes. Leaving the loop early lets go of the file or connection. */
  readonly body: AsyncIterable<Buffer>;
}

/** A file that may be imported, wherever it is. */
export interface Source {
  /** What it is called in messages. */
  readonly location: string;
  /** Its bytes, when they are known without opening it. */
  readonly bytes?: number | undefined;
  /** Unix time in milliseconds at which the service received it; undefined for what lies elsewhere. */
  readonly stagedAtMs?: number;
  /** Where it is on this machine; undefined when it has to be fetched. */
  readonly path?: string;
  /** The folders it lies in, outermost first, as far as callers name them; none of an upload. */
  readonly folders?: readonly string[];
  /** Opens it. Throws a PalateError when it is not there or may not be read. */
  open(signal: AbortSignal): Promise<OpenedSource>;
}

/** What of a location is meant. */
export interface WantedFiles {
  /** Whether `key=value` folders of a folder are looked into. */
  readonly partitioned: boolean;
  /** Whether files of any name are data, because their format is said. */
  readonly anyName: boolean;
}

/** Most files of one location. */
export const MAX_FILES = 10_000;
