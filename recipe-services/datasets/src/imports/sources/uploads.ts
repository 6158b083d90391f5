import { isSealedFile, plainLength, type KeyRing } from "@palate/encryption";
import { cut, invalidArgument, notFound, PalateError, storageFull } from "@palate/host";
import type { UploadFileRequest } from "@palate/proto/dataset";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
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

/** Most uploads that are kept at a time. */
const MAX_UPLOADS = 10_000;
/** Bytes after which an upload looks again whether there is room for the rest. */
const ROOM_CHECK_BYTES = 64 * 1024 * 1024;
/** Bytes of the disk that are left to the service's other work. */
const SPARE_BYTES = 256 * 1024 * 1024;

/** Bytes read at a time. */
const READ_BYTES = 1024 * 1024;

/** Most bytes of a file in one message. */
const MAX_CHUNK_BYTES = 1024 * 1024;

/** How much is kept. */
interface UploadLimits {
  /** Most bytes of one. */
  readonly maxBytes: number;
  /** Most bytes of all that are kept. */
  readonly maxTotalBytes: number;
}

/** Keeps uploaded files until they are imported. */
export class Uploads {
  readonly #folder: string;
  readonly #keys: KeyRing;
  readonly #maxBytes: number;
  readonly #maxTotalBytes: number;

  /**
   * @param folder to keep them in
   * @param keys with which they are encrypted: each has a key
   */
  constructor(folder: string, keys: KeyRing, { maxBytes, maxTotalBytes }: UploadLimits) {
    this.#folder = folder;
    this.#keys = keys;
    this.#maxBytes = maxBytes;
    this.#maxTotalBytes = maxTotalBytes;
  }

  /** The upload at a location. Throws `not_found`. */
  async find(location: string): Promise<Source> {
    const id = location.slice(UPLOAD_SCHEME.length);
    const file = path.join(this.#folder, id);
    const name = UPLOAD_ID.test(id) ? await readFile(`${file}.name`, "utf8").catch(() => undefined) : undefined;
    const found = name === undefined ? undefined : await stat(file).catch(() => undefined);
    if (name === undefined || found === undefined)
      throw notFound("upload", location, "Uploads are kept for a day, and until they are imported.");
    const received = { location: name, stagedAtMs: found.mtimeMs };
    if (!(await isSealedFile(file))) return { ...localSource(file, name, found.size), ...received };
    const bytes = plainLength(found.size);
    const openBody = (signal: AbortSignal): AsyncIterable<Buffer> => this.#decrypted(id, file, signal);
    return { ...received, bytes, open: (signal) => Promise.resolve({ name, bytes, body: openBody(signal) }) };
  }

  async *#decrypted(id: string, file: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const stored = createReadStream(file, { highWaterMark: READ_BYTES, signal });
    for await (const piece of this.#keys.cipherOf(ownerOf(id)).openStream(ownerOf(id), stored)) {
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    }
  }

  /**
   * Receives an upload and returns its location.
   * @throws PalateError `invalid_argument` for a file that is none of a table; `resource_exhausted` when it is too large, or there is
   *   no room for it
   */
  async receive(messages: AsyncIterable<UploadFileRequest>): Promise<{ location: string; bytes: number }> {
    await mkdir(this.#folder, { recursive: true });
    await this.#checkRoom();
    const id = randomUUID();
    const file = path.join(this.#folder, id);
    const out = createWriteStream(file);
    // Heard of below; without a listener, a full disk while nothing is waited for would end the process.
    out.on("error", () => {});
    const received: Received = { name: undefined, bytes: 0 };
    try {
      const plain = this.#checked(messages, received);
      for await (const piece of this.#keys.cipherOf(ownerOf(id)).sealStream(ownerOf(id), plain)) {
        if (out.errored) throw out.errored;
        if (!out.write(piece)) await once(out, "drain");
      }
      if (received.name === undefined) {
        throw invalidArgument("The upload has no messages; the first carries file_name.");
      }
      out.end();
      await finished(out);
      await writeFile(`${file}.name`, received.name);
      return { location: UPLOAD_SCHEME + id, bytes: received.bytes };
    } catch (thrown) {
      out.destroy();
      await rm(file, { force: true });
      await this.#keys.destroy(ownerOf(id)).catch(() => {}); // Else it is a key without data.
      throw (thrown as NodeJS.ErrnoException).code === "ENOSPC" ? diskFull(thrown) : thrown;
    }
  }

  /** The bytes of an upload as they come, after a look at each message; tells `received` what they are. */
  async *#checked(messages: AsyncIterable<UploadFileRequest>, received: Received): AsyncGenerator<Uint8Array> {
    let checkedAt = 0;
    for await (const message of messages) {
      if (received.name === undefined) {
        received.name = path.basename(message.fileName);
        if (isNoTable(received.name)) {
          throw invalidArgument(`file_name "${cut(received.name)}" has an unknown ending; ${KNOWN_ENDINGS} are right.`);
        }
      }
      if (message.data.length > MAX_CHUNK_BYTES) {
        throw invalidArgument(`A message holds ${message.data.length} bytes; send at most ${MAX_CHUNK_BYTES} in each.`);
      }
      received.bytes += message.data.length;
      if (received.bytes > this.#maxBytes) {
        throw new PalateError("resource_exhausted", `The upload is larger than ${this.#maxBytes} bytes; split it.`);
      }
      if (received.bytes - checkedAt > ROOM_CHECK_BYTES) {
        await this.#checkRoom();
        checkedAt = received.bytes;
      }
      yield message.data;
    }
  }

  /** Throws `resource_exhausted` when the uploads that are kept, those under way included, are too much, or the disk is nearly full. */
  async #checkRoom(): Promise<void> {
    const files = (await readdir(this.#folder)).filter((entry) => UPLOAD_ID.test(entry));
    const sizes = await Promise.all(
      files.map((entry) =>
        stat(path.join(this.#folder, entry)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (files.length >= MAX_UPLOADS || total >= this.#maxTotalBytes) {
      const most = `${MAX_UPLOADS} files or ${this.#maxTotalBytes} bytes`;
      const message = `${files.length} uploads with ${total} bytes wait to be imported; the most are ${most} (PALATE_MAX_UPLOADS_MB). Import them; each is removed then, or after a day.`;
      throw storageFull(message);
    }
    const disk = await statfs(this.#folder);
    if (disk.bavail * disk.bsize < SPARE_BYTES) throw diskFull(undefined);
  }

  /** Removes an upload that has been imported. Returns whether it was there. */
  async release(location: string): Promise<boolean> {
    const id = location.slice(UPLOAD_SCHEME.length);
    if (!UPLOAD_ID.test(id)) return false;
    const file = path.join(this.#folder, id);
    const there = (await stat(file).catch(() => undefined)) !== undefined;
    await rm(file, { force: true });
    await rm(`${file}.name`, { force: true });
    await this.#keys.destroy(ownerOf(id));
    return there;
  }

  /** Removes uploads that nobody imported. */
  async sweep(): Promise<void> {
    for (const entry of await readdir(this.#folder).catch(() => [])) {
      const file = path.join(this.#folder, entry);
      const modified = (await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (Date.now() - modified <= UPLOAD_AGE_MS) continue;
      await rm(file, { force: true });
      if (UPLOAD_ID.test(entry)) await this.#keys.destroy(ownerOf(entry));
    }
  }
}

/** What is known of an upload so far. */
interface Received {
  name: string | undefined;
  bytes: number;
}

/** Whose key an upload is encrypted with, and what it is encrypted as. */
function ownerOf(id: string): string {
  return `upload|${id}`;
}

function diskFull(cause: unknown): PalateError {
  const message = "The disk of the datasets service is full; make room in its data folder, then upload again.";
  return storageFull(message, cause);
}
