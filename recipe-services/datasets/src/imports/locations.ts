import { invalidArgument } from "@palate/host";
import { FileFormat, type ImportMapping, type UploadFileRequest } from "@palate/proto/dataset";
import type { HttpFiles } from "./sources/http-files.js";
import type { LocalFiles } from "./sources/local-files.js";
import type { S3Files } from "./sources/s3-files.js";
import { MAX_FILES, type Source, type WantedFiles } from "./sources/source.js";
import { UPLOAD_SCHEME, type Uploads } from "./sources/uploads.js";

/** Where files may come from. */
export interface Origins {
  readonly local: LocalFiles;
  readonly uploads: Uploads;
  readonly s3: S3Files;
  /** Undefined when nothing may be fetched over http(s). */
  readonly http: HttpFiles | undefined;
}

/** Most locations of one import. */
const MAX_LOCATIONS = 1_000;

/** Longest location. */
const MAX_LENGTH = 4_096;

/** Finds the files that import jobs name, wherever they are. */
export class Locations {
  readonly #origins: Origins;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  /**
   * Looks at locations without asking anybody outside: those on this machine must be there, others must be of a form and
   * at a place from which files are read. Throws `invalid_argument` or `not_found`.
   */
  async check(locations: readonly string[], mapping: ImportMapping | undefined): Promise<void> {
    if (locations.length > MAX_LOCATIONS) {
      throw invalidArgument(`The import has ${locations.length} locations; at most ${MAX_LOCATIONS} are right.`);
    }
    for (const location of locations) {
      if (location.startsWith("s3://")) this.#origins.s3.check(checkLength(location));
      else await this.#find(location, wantedBy(mapping), AbortSignal.timeout(10_000));
    }
  }

  /** The files at some locations, in order. Throws `invalid_argument` when they may not be read, `not_found`. */
  async find(locations: readonly string[], signal: AbortSignal, mapping?: ImportMapping): Promise<Source[]> {
    const sources: Source[] = [];
    for (const location of locations) sources.push(...(await this.#find(location, wantedBy(mapping), signal)));
    if (sources.length > MAX_FILES) {
      throw invalidArgument(`The import has ${sources.length} files; at most ${MAX_FILES} are right.`);
    }
    return sources;
  }

  async #find(location: string, wanted: WantedFiles, signal: AbortSignal): Promise<Source[]> {
    const { local, uploads, s3, http } = this.#origins;
    if (location === "") {
      throw invalidArgument(
        `location is missing; it takes a path, a folder, "${UPLOAD_SCHEME}ID", "s3://BUCKET/PREFIX" or an http(s) address.`,
      );
    }
    checkLength(location);
    if (location.startsWith(UPLOAD_SCHEME)) return [await uploads.find(location)];
    if (location.startsWith("s3://")) return s3.find(location, wanted, signal);
    if (/^https?:/i.test(location)) {
      if (http === undefined) throw invalidArgument("Nothing is fetched over http(s): PALATE_IMPORT_HTTP is off.");
      return http.find(location);
    }
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) {
      throw invalidArgument(
        `location "${location.slice(0, 100)}" is of an unknown kind; a path, "${UPLOAD_SCHEME}ID", "s3://BUCKET/PREFIX" and http(s) addresses are right.`,
      );
    }
    return local.find(location, wanted);
  }

  /** Receives an upload and returns its location. */
  receive(messages: AsyncIterable<UploadFileRequest>): Promise<{ location: string; bytes: number }> {
    return this.#origins.uploads.receive(messages);
  }

  /**
   * Removes uploads that are not needed any more; other locations are left alone.
   * @returns how many there were
   */
  async release(locations: readonly string[]): Promise<number> {
    let removed = 0;
    for (const location of locations) {
      if (location.startsWith(UPLOAD_SCHEME) && (await this.#origins.uploads.release(location))) removed++;
    }
    return removed;
  }

  /** Removes uploads that nobody imported. */
  sweep(): Promise<void> {
    return this.#origins.uploads.sweep();
  }

  /** Closes connections to stores. */
  close(): Promise<void> {
    return this.#origins.s3.close();
  }
}

/** Which files a mapping makes data. */
function wantedBy(mapping: ImportMapping | undefined): WantedFiles {
  return {
    partitioned: (mapping?.partitionKeys.length ?? 0) > 0,
    anyName: (mapping?.format ?? FileFormat.FILE_FORMAT_UNSPECIFIED) !== FileFormat.FILE_FORMAT_UNSPECIFIED,
  };
}

function checkLength(location: string): string {
  if (location.length <= MAX_LENGTH) return location;
  throw invalidArgument(`A location has ${location.length} characters; at most ${MAX_LENGTH} are right.`);
}
