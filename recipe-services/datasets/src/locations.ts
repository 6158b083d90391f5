import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { finished } from "node:stream/promises";
import { invalidArgument, notFound, PalateError } from "@palate/kit/errors";
import type { UploadFileRequest } from "@palate/proto/dataset";
import { formatOfName } from "./stage-file.js";

const SCHEME = "upload://";
const UPLOAD_ID = /^[0-9a-f-]{36}$/;

/** Uploads that no import has read are removed after this time. */
const UPLOAD_AGE_MS = 24 * 60 * 60 * 1000;

/** A file that may be imported. */
export interface SourceFile {
  /** Where it is. */
  readonly path: string;
  /** Its name, whose ending tells the format. */
  readonly name: string;
}

/** Finds the files that import jobs name, and keeps uploads until they are imported. */
export class Locations {
  readonly #importFolders: readonly string[];
  readonly #uploads: string;
  readonly #maxUploadBytes: number;

  /**
   * @param importFolders folders from which files may be read
   * @param uploads folder that uploads are kept in
   */
  constructor(importFolders: readonly string[], uploads: string, maxUploadBytes: number) {
    this.#importFolders = importFolders;
    this.#uploads = uploads;
    this.#maxUploadBytes = maxUploadBytes;
  }

  /** The file at a location. Throws `invalid_argument` when it may not be read, `not_found` when it is not there. */
  async find(location: string): Promise<SourceFile> {
    if (location.startsWith(SCHEME)) return this.#findUpload(location);
    if (location === "") throw invalidArgument(`location is missing; it takes a path or "${SCHEME}ID".`);
    if (this.#importFolders.length === 0) {
      throw invalidArgument(
        "No import folders are set; upload the file, or start the service with PALATE_IMPORT_FOLDERS.",
      );
    }
    const allowed = this.#importFolders.join(", ");
    if (!path.isAbsolute(location)) {
      throw invalidArgument(`location "${location}" is not an absolute path; it must lie in ${allowed}.`);
    }
    // Links are followed before the comparison, so that none leads out of the folders.
    const real = await realpath(location).catch(() => undefined);
    const folders = await Promise.all(this.#importFolders.map((folder) => realpath(folder).catch(() => undefined)));
    const inside = (file: string) =>
      folders.some(
        (folder) => folder !== undefined && file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep),
      );
    if (real === undefined ? !inside(path.resolve(location)) : !inside(real)) {
      throw invalidArgument(`location "${location}" lies outside the import folders (${allowed}).`);
    }
    if (real === undefined) throw notFound("file", location, "Check the path as the datasets service sees it.");
    if (!(await stat(real)).isFile()) throw invalidArgument(`location "${location}" is not a file.`);
    return { path: real, name: path.basename(location) };
  }

  /** Receives an upload and returns its location. */
  async receive(messages: AsyncIterable<UploadFileRequest>): Promise<{ location: string; bytes: number }> {
    await mkdir(this.#uploads, { recursive: true });
    const id = randomUUID();
    const file = path.join(this.#uploads, id);
    const out = createWriteStream(file);
    let name: string | undefined;
    let bytes = 0;
    try {
      for await (const message of messages) {
        if (name === undefined) {
          name = path.basename(message.fileName);
          if (formatOfName(name) === undefined) {
            throw invalidArgument(
              `file_name "${name}" has an unknown ending; .csv, .csv.gz, .jsonl, .jsonl.gz and .parquet are right.`,
            );
          }
        }
        bytes += message.data.length;
        if (bytes > this.#maxUploadBytes) {
          throw new PalateError(
            "resource_exhausted",
            `The upload is larger than ${this.#maxUploadBytes} bytes; split it.`,
          );
        }
        if (!out.write(message.data)) await once(out, "drain");
      }
      if (name === undefined) throw invalidArgument("The upload has no messages; the first carries file_name.");
      out.end();
      await finished(out);
      await writeFile(`${file}.name`, name);
      return { location: SCHEME + id, bytes };
    } catch (thrown) {
      out.destroy();
      await rm(file, { force: true });
      throw thrown;
    }
  }

  /** Removes an upload that has been imported; other locations are left alone. */
  async release(location: string): Promise<void> {
    if (!location.startsWith(SCHEME)) return;
    const file = path.join(this.#uploads, location.slice(SCHEME.length));
    await rm(file, { force: true });
    await rm(`${file}.name`, { force: true });
  }

  /** Removes uploads that nobody imported. */
  async sweep(): Promise<void> {
    for (const entry of await readdir(this.#uploads).catch(() => [])) {
      const file = path.join(this.#uploads, entry);
      const modified = (await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (Date.now() - modified > UPLOAD_AGE_MS) await rm(file, { force: true });
    }
  }

  async #findUpload(location: string): Promise<SourceFile> {
    const id = location.slice(SCHEME.length);
    const file = path.join(this.#uploads, id);
    const name = UPLOAD_ID.test(id) ? await readFile(`${file}.name`, "utf8").catch(() => undefined) : undefined;
    if (name === undefined)
      throw notFound("upload", location, "Uploads are kept for a day, and until they are imported.");
    return { path: file, name };
  }
}
