import type * as s3 from "@aws-sdk/client-s3";
import { alreadyExists, invalidArgument, notFound, PalateError } from "@palate/host";
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, open, realpath, rm, stat } from "node:fs/promises";
import path from "node:path";
import { connectS3, isAllowed, parseLocation, type S3Place, type S3Settings } from "../imports/sources/s3-client.js";

/** Bytes of one part of an object; a store takes at most 10,000 parts. */
const PART_BYTES = 64 * 1024 * 1024;

/** Lays exports down in folders and buckets, where the configuration allows it. Nothing is ever overwritten. */
export class Destinations {
  readonly #folders: readonly string[];
  readonly #s3: S3Settings;
  #client: Promise<s3.S3Client> | undefined;

  /**
   * @param folders into which files may be written
   * @param settings how S3 is reached, and which of it may be written
   */
  constructor(folders: readonly string[], settings: S3Settings) {
    this.#folders = folders;
    this.#s3 = settings;
  }

  /**
   * Where a file goes: the destination, or in it when it ends in "/".
   * @throws PalateError `invalid_argument` when it is none, or may not be written; `already_exists`; `not_found` when the
   *   folder is missing
   */
  async resolve(destination: string, fileName: string): Promise<string> {
    const full = destination.endsWith("/") ? destination + fileName : destination;
    if (full.startsWith("s3://")) {
      this.#place(full);
      return full;
    }
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(full)) {
      throw invalidArgument(`destination "${full.slice(0, 100)}" is of an unknown kind; a path and s3:// are right.`);
    }
    return this.#insideFolders(full);
  }

  /** Brings a file to where {@link resolve} said. Throws `already_exists` when something came there meanwhile. */
  async deliver(file: string, destination: string): Promise<void> {
    if (destination.startsWith("s3://")) return this.#upload(file, destination);
    const partial = `${destination}.${randomUUID()}.part`;
    try {
      await copyFile(file, partial, constants.COPYFILE_EXCL);
      await link(partial, destination);
    } catch (thrown) {
      throw (thrown as NodeJS.ErrnoException).code === "EEXIST" ? alreadyExists("file", destination) : thrown;
    } finally {
      await rm(partial, { force: true });
    }
  }

  /** Closes connections. */
  async close(): Promise<void> {
    (await this.#client)?.destroy();
  }

  async #insideFolders(file: string): Promise<string> {
    if (this.#folders.length === 0) {
      throw invalidArgument("No export folders are set; leave destination empty, or set PALATE_EXPORT_FOLDERS.");
    }
    if (file.includes("\0") || !path.isAbsolute(file)) {
      throw invalidArgument(
        `destination "${file}" is not an absolute path; it must lie in ${this.#folders.join(", ")}.`,
      );
    }
    const folder = await realpath(path.dirname(file)).catch(() => undefined);
    const allowed = await Promise.all(this.#folders.map((each) => realpath(each).catch(() => undefined)));
    const within = folder ?? path.resolve(path.dirname(file));
    if (!allowed.some((root) => root !== undefined && (within === root || within.startsWith(root + path.sep)))) {
      throw invalidArgument(`destination "${file}" lies outside the export folders (${this.#folders.join(", ")}).`);
    }
    if (folder === undefined) throw notFound("folder", path.dirname(file), "Make it first.");
    const target = path.join(folder, path.basename(file));
    if (await stat(target).catch(() => undefined)) throw alreadyExists("file", file);
    return target;
  }

  #place(location: string): S3Place {
    const place = parseLocation(location);
    const { buckets } = this.#s3;
    if (buckets.length === 0) {
      throw invalidArgument("No S3 buckets may be written; start the service with PALATE_S3_EXPORT_BUCKETS.");
    }
    if (place.key === "" || !isAllowed(place, buckets)) {
      throw invalidArgument(`"${location}" is not among the S3 locations that may be written (${buckets.join(", ")}).`);
    }
    return place;
  }

  async #upload(file: string, destination: string): Promise<void> {
    const { bucket: Bucket, key: Key } = this.#place(destination);
    const sdk = await import("@aws-sdk/client-s3");
    this.#client ??= connectS3(this.#s3);
    const client = await this.#client;
    const taken = await client.send(new sdk.HeadObjectCommand({ Bucket, Key })).then(
      () => true,
      (thrown: { $metadata?: { httpStatusCode?: number } }) => {
        if (thrown.$metadata?.httpStatusCode === 404) return false;
        throw refusal(destination, thrown);
      },
    );
    if (taken) throw alreadyExists("S3 object", destination);
    const source = await open(file);
    let UploadId: string | undefined;
    try {
      const { size } = await source.stat();
      if (size <= PART_BYTES) {
        await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body: await source.readFile() }));
        return;
      }
      ({ UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key })));
      const Parts: s3.CompletedPart[] = [];
      for (let at = 0; at < size; at += PART_BYTES) {
        const Body = Buffer.alloc(Math.min(PART_BYTES, size - at));
        await source.read(Body, 0, Body.length, at);
        const PartNumber = Parts.length + 1;
        const { ETag } = await client.send(new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
        Parts.push({ ETag, PartNumber });
      }
      const whole = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
      await client.send(new sdk.CompleteMultipartUploadCommand(whole));
    } catch (thrown) {
      if (UploadId) {
        await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
      }
      throw refusal(destination, thrown);
    } finally {
      await source.close();
    }
  }
}

/** What a store's refusal means to the caller. */
function refusal(what: string, thrown: unknown): PalateError {
  const { name, message } = thrown as Error;
  return new PalateError(
    "failed_precondition",
    `"${what}" could not be written (${name}: ${message}).`,
    {},
    { cause: thrown },
  );
}
