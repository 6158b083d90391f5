import type * as s3 from "@aws-sdk/client-s3";
import { invalidArgument, notFound, PalateError } from "@palate/host";
import { dataFiles, filesOfFolder, tooManyFiles } from "./folder-files.js";
import { fixedPart, isPattern, patternMatcher } from "./glob.js";
import { openPatiently, resumable, type RemotePart } from "./resumable.js";
import { connectS3, isAllowed, parseLocation, type S3Settings } from "./s3-client.js";
import { MAX_FILES, type OpenedSource, type Source, type WantedFiles } from "./source.js";
import { foldersAbove, TABLE_FORMATS, tableRefusal, type TableFormat } from "./table-formats.js";

/** Most objects that are looked at below a prefix. */
const MAX_OBJECTS = 20 * MAX_FILES;

/** Most folders of one location of which it is asked whether they are tables: a request for each format and folder. */
const MAX_TABLE_FOLDERS = 100;

/** An object as a listing describes it. */
interface Listed {
  readonly key: string;
  readonly bytes: number | undefined;
}

/** Finds and fetches objects of S3-compatible stores. */
export class S3Files {
  readonly #settings: S3Settings;
  #client: Promise<s3.S3Client> | undefined;

  constructor(settings: S3Settings) {
    this.#settings = settings;
  }

  /** Takes a location apart. Throws `invalid_argument` when it is none or may not be read; asks nobody. */
  check(location: string): { readonly bucket: string; readonly key: string } {
    const place = parseLocation(location);
    const { buckets } = this.#settings;
    if (buckets.length === 0) {
      throw invalidArgument("No S3 buckets may be read; start the service with PALATE_S3_BUCKETS.");
    }
    if (!isAllowed(place, buckets)) {
      throw invalidArgument(`"${location}" is not among the S3 locations that may be read (${buckets.join(", ")}).`);
    }
    return place;
  }

  /**
   * The objects at a location: one object, or those right below a prefix that ends in "/" (and in its `key=value` folders),
   * or those that a pattern matches. Throws `not_found` when there are none.
   */
  async find(location: string, wanted: WantedFiles, signal: AbortSignal): Promise<Source[]> {
    const { bucket, key } = this.check(location);
    const listed = await this.#find(location, bucket, key, wanted, signal);
    await this.#needNoTable(location, bucket, listed, signal);
    return listed.map(({ key: name, bytes }) => ({
      location: `s3://${bucket}/${name}`,
      bytes,
      folders: name.split("/").slice(0, -1),
      open: (when) => this.#open(bucket, name, when),
    }));
  }

  async #find(
    location: string,
    bucket: string,
    key: string,
    wanted: WantedFiles,
    signal: AbortSignal,
  ): Promise<Listed[]> {
    const one = key === "" || key.endsWith("/") ? undefined : await this.#head(bucket, key, signal);
    if (one) return [one];
    const pattern = isPattern(key);
    const prefix = pattern ? fixedPart(key) : key === "" || key.endsWith("/") ? key : `${key}/`;
    const shallow = !pattern && !wanted.partitioned;
    const listed = await this.#list(location, bucket, prefix, shallow, signal);
    const matcher = patternMatcher(key);
    const found = new Map(listed.map((object) => [object.key, object]));
    if (found.size === 0) throw notFound("S3 object", location, "Neither an object nor a prefix has that name.");
    const names = [...found.keys()];
    const matching = () => names.filter((name) => !name.endsWith("/") && matcher.test(name));
    const below = () => names.map((name) => name.slice(prefix.length));
    const files = pattern
      ? dataFiles(location, matching(), wanted.anyName)
      : filesOfFolder(location, below(), wanted).map((name) => prefix + name);
    return files.map((name) => found.get(name)!);
  }

  /** Throws when objects are part of a table of which only a log says which rows count. */
  async #needNoTable(location: string, bucket: string, objects: readonly Listed[], signal: AbortSignal): Promise<void> {
    const folders = new Set(objects.flatMap(({ key }) => foldersAbove(key)));
    // Nothing outside of what may be read is asked about; the folders that many files share come first.
    const allowed = [...folders].filter((key) => isAllowed({ bucket, key }, this.#settings.buckets));
    for (const folder of allowed.slice(0, MAX_TABLE_FOLDERS)) {
      const found = await Promise.all(TABLE_FORMATS.map((format) => this.#hasMark(bucket, folder, format, signal)));
      const format = TABLE_FORMATS[found.indexOf(true)];
      if (format) throw tableRefusal(location, `s3://${bucket}/${folder}`.replace(/\/$/, ""), format);
    }
  }

  /** Whether a folder has the mark of a table format. Where it may not be listed, nobody knows. */
  async #hasMark(bucket: string, folder: string, format: TableFormat, signal: AbortSignal): Promise<boolean> {
    const { client, sdk } = await this.#ready();
    const prefix = `${folder}${format.mark}/`;
    const command = new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: format.file ? 1000 : 1 });
    const page = await client.send(command, { abortSignal: signal }).catch((thrown: unknown) => {
      if (signal.aborted) throw thrown;
      return undefined;
    });
    const names = (page?.Contents ?? []).map(({ Key = "" }) => Key.slice(prefix.length));
    return names.some((name) => format.file?.test(name) ?? true);
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    (await this.#client)?.destroy();
  }

  /** Loads the client library on first use: most installations never need it. */
  async #ready(): Promise<{ client: s3.S3Client; sdk: typeof s3 }> {
    this.#client ??= connectS3(this.#settings);
    return { client: await this.#client, sdk: await import("@aws-sdk/client-s3") };
  }

  async #head(bucket: string, key: string, signal: AbortSignal): Promise<Listed | undefined> {
    const { client, sdk } = await this.#ready();
    try {
      const found = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
      return { key, bytes: found.ContentLength };
    } catch (thrown) {
      if (statusOf(thrown) === 404) return undefined;
      throw refusal(`s3://${bucket}/${key}`, thrown);
    }
  }

  async #list(
    location: string,
    bucket: string,
    prefix: string,
    shallow: boolean,
    signal: AbortSignal,
  ): Promise<Listed[]> {
    const { client, sdk } = await this.#ready();
    const listed: Listed[] = [];
    for (let token: string | undefined; ;) {
      const input = { Bucket: bucket, Prefix: prefix, ContinuationToken: token, ...(shallow && { Delimiter: "/" }) };
      const page = await client
        .send(new sdk.ListObjectsV2Command(input), { abortSignal: signal })
        .catch((thrown: unknown) => {
          throw refusal(location, thrown);
        });
      for (const { Key, Size } of page.Contents ?? []) if (Key !== undefined) listed.push({ key: Key, bytes: Size });
      for (const { Prefix } of page.CommonPrefixes ?? [])
        if (Prefix !== undefined) listed.push({ key: Prefix, bytes: 0 });
      if (listed.length > MAX_OBJECTS) throw tooManyFiles(location);
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
      if (token === undefined) return listed;
    }
  }

  async #open(bucket: string, key: string, signal: AbortSignal): Promise<OpenedSource> {
    const what = `s3://${bucket}/${key}`;
    const { client, sdk } = await this.#ready();
    const open = async (offset: number, version: string | undefined): Promise<RemotePart> => {
      const range = offset > 0 ? { Range: `bytes=${offset}-`, IfMatch: version } : {};
      try {
        const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ...range });
        const { Body, ContentLength, ETag } = await client.send(command, { abortSignal: signal });
        const total = ContentLength === undefined ? undefined : ContentLength + offset;
        return { body: Body as unknown as AsyncIterable<Uint8Array>, total, version: ETag };
      } catch (thrown) {
        throw refusal(what, thrown);
      }
    };
    const first = await openPatiently(what, () => open(0, undefined), signal);
    return { name: key.split("/").at(-1)!, bytes: first.total, body: resumable(what, first, open, signal) };
  }
}

function statusOf(thrown: unknown): number {
  return (thrown as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
}

/** What a store's refusal means to the caller; failures of the connection stay what they are. */
function refusal(what: string, thrown: unknown): unknown {
  const { name, message } = thrown as Error;
  switch (statusOf(thrown)) {
    case 404:
      return notFound("S3 location", what, name === "NoSuchBucket" ? "There is no such bucket." : "");
    case 401:
    case 403:
      return invalidArgument(`"${what}" may not be read with the service's S3 credentials (${name}).`);
    case 301:
    case 400:
      return invalidArgument(`"${what}" was refused by the store: ${message}`);
    case 412:
      return new PalateError("failed_precondition", `${what} changed while it was being read; start the import again.`);
    default:
      return name === "CredentialsProviderError"
        ? new PalateError("failed_precondition", "The service has no S3 credentials; set PALATE_S3_ACCESS_KEY_ID.")
        : thrown;
  }
}
