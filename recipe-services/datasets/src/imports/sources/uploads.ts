import { cut, invalidArgument, notFound, PalateError } from "@palate/host";
import type { UploadFileRequest } from "@palate/proto/dataset";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { isNoTable, KNOWN_ENDINGS } from "./file-format.js";
import { localSource } from "./local-files.js";
import type { Source } from "./source.js";

/** How the location of an upload begins. */
export const UPLOAD_SCHEME = "upload://";

const UPLOAD_ID = /^[0-9a-f-]{36}$/;

/** Uploads that no import has read are removed after this time. */
const UPLOAD_AGE_MS = 24 * 60 * 60 * 1000;

/** Most bytes of a file in one message. */
const MAX_CHUNK_BYTES = 1024 * 1024;

/** Keeps uploaded files until they are imported. */
export class Uploads {
  readonly #folder: string;
  readonly #maxBytes: number;

  /**
   * @param folder to keep them in
   * @param maxBytes most bytes of one
   */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** The upload at a location. Throws `not_found`. */
  async find(location: string): Promise<Source> {
    const id = location.slice(UPLOAD_SCHEME.length);
    const file = path.join(this.#folder, id);
    const name = UPLOAD_ID.test(id) ? await readFile(`${file}.name`, "utf8").catch(() => undefined) : undefined;
    const found = name === undefined ? undefined : await stat(file).catch(() => undefined);
    if (name === undefined || found === undefined)
      throw notFound("upload", location, "Uploads are kept for a day, and until they are imported.");
    return { ...localSource(file, name, found.size), location: name, stagedAtMs: found.mtimeMs };
  }

  /** Receives an upload and returns its location. */
  async receive(messages: AsyncIterable<UploadFileRequest>): Promise<{ location: string; bytes: number }> {
    await mkdir(this.#folder, { recursive: true });
    const id = randomUUID();
    const file = path.join(this.#folder, id);
    const out = createWriteStream(file);
    let name: string | undefined;
    let bytes = 0;
    try {
      for await (const message of messages) {
        if (name === undefined) {
          name = path.basename(message.fileName);
          if (isNoTable(name)) {
            throw invalidArgument(`file_name "${cut(name)}" has an unknown ending; ${KNOWN_ENDINGS} are right.`);
          }
        }
        if (message.data.length > MAX_CHUNK_BYTES) {
          throw invalidArgument(`A message holds ${message.data.length} bytes; send at most ${MAX_CHUNK_BYTES} in each.`);
        }
        bytes += message.data.length;
        if (bytes > this.#maxBytes) {
          throw new PalateError("resource_exhausted", `The upload is larger than ${this.#maxBytes} bytes; split it.`);
        }
        if (!out.write(message.data)) await once(out, "drain");
      }
      if (name === undefined) throw invalidArgument("The upload has no messages; the first carries file_name.");
      out.end();
      await finished(out);
      await writeFile(`${file}.name`, name);
      return { location: UPLOAD_SCHEME + id, bytes };
    } catch (thrown) {
      out.destroy();
      await rm(file, { force: true });
      throw thrown;
    }
  }

  /** Removes an upload that has been imported. Returns whether it was there. */
  async release(location: string): Promise<boolean> {
    const id = location.slice(UPLOAD_SCHEME.length);
    if (!UPLOAD_ID.test(id)) return false;
    const file = path.join(this.#folder, id);
    const there = (await stat(file).catch(() => undefined)) !== undefined;
    await rm(file, { force: true });
    await rm(`${file}.name`, { force: true });
    return there;
  }

  /** Removes uploads that nobody imported. */
  async sweep(): Promise<void> {
    for (const entry of await readdir(this.#folder).catch(() => [])) {
      const file = path.join(this.#folder, entry);
      const modified = (await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (Date.now() - modified > UPLOAD_AGE_MS) await rm(file, { force: true });
    }
  }
}
