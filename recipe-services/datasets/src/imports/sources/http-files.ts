import { invalidArgument, notFound, PalateError } from "@palate/host";
import type { IncomingMessage } from "node:http";
import { formatOfName } from "./file-format.js";
import { checkLiteral, guardedGet, parseAddress, shown, type RequestRules } from "./guarded-request.js";
import { openPatiently, resumable, type RemotePart } from "./resumable.js";
import type { Source } from "./source.js";

/** Bytes a second below which a download is given up, on average. */
const SLOWEST_BYTES_PER_SECOND = 1_000;

/** Time that a download has before its speed counts. */
const SPEED_GRACE_MS = 60_000;

/** File names for content types, where the address does not tell the format. */
const NAME_OF_TYPE: Readonly<Record<string, string>> = {
  "text/csv": "data.csv",
  "application/csv": "data.csv",
  "application/x-ndjson": "data.jsonl",
  "application/jsonl": "data.jsonl",
  "application/jsonlines": "data.jsonl",
  "application/vnd.apache.parquet": "data.parquet",
};

/** An answer whose bytes are the file's. */
interface HttpPart extends RemotePart {
  readonly name: string;
}

/** Fetches files over http and https, from the public internet only unless hosts are named. */
export class HttpFiles {
  readonly #rules: RequestRules;
  readonly #maxBytes: number;

  /** @param maxBytes most bytes of a file as it is sent */
  constructor(rules: RequestRules, maxBytes: number) {
    this.#rules = rules;
    this.#maxBytes = maxBytes;
  }

  /** The file at an address; nothing is sent yet. Throws `invalid_argument` when it cannot be asked for. */
  find(location: string): Source[] {
    const url = parseAddress(location);
    checkLiteral(url, this.#rules);
    const folders = url.pathname.split("/").slice(1, -1).map(decoded);
    return [{ location: shown(location), folders, open: (signal) => this.#open(url, signal) }];
  }

  async #open(url: URL, signal: AbortSignal) {
    const what = shown(url.href);
    const first = await openPatiently(what, () => this.#get(url, 0, undefined, signal), signal);
    const { name, total } = first as HttpPart;
    const open = (offset: number, version: string | undefined) => this.#get(url, offset, version, signal);
    return { name, bytes: total, body: this.#limited(what, resumable(what, first, open, signal)) };
  }

  async *#limited(what: string, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const started = Date.now();
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > this.#maxBytes) throw tooLarge(what, this.#maxBytes);
      const ms = Date.now() - started;
      if (ms > SPEED_GRACE_MS && (bytes / ms) * 1000 < SLOWEST_BYTES_PER_SECOND) {
        throw new PalateError(
          "deadline_exceeded",
          `${what} arrives at less than ${SLOWEST_BYTES_PER_SECOND} bytes a second.`,
        );
      }
      yield chunk;
    }
  }

  async #get(start: URL, offset: number, version: string | undefined, signal: AbortSignal): Promise<HttpPart> {
    const range = offset > 0 && version !== undefined ? { range: `bytes=${offset}-`, "if-range": version } : {};
    const { response, url } = await guardedGet(start, range as Record<string, string>, this.#rules, signal);
    try {
      return this.#partOf(response, shown(start.href), url, offset);
    } catch (thrown) {
      response.destroy();
      throw thrown;
    }
  }

  #partOf(response: IncomingMessage, what: string, url: URL, offset: number): HttpPart {
    const status = response.statusCode ?? 0;
    const { headers } = response;
    if (status === 404 || status === 410) throw notFound("file", what, `The server answered ${status}.`);
    if (status === 429 || status >= 500) throw new Error(`the server answered ${status}`);
    if (offset > 0) {
      if (status !== 206) throw changed(what);
      const place = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "");
      if (Number(place?.[1]) !== offset) throw changed(what);
    } else if (status !== 200) {
      throw invalidArgument(`${what} cannot be fetched: the server answered ${status}.`);
    }
    const type = (headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
    if (type === "text/html") throw invalidArgument(`${what} is a web page, not a file to import.`);
    const length = headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);
    if (length !== undefined && length + offset > this.#maxBytes) throw tooLarge(what, this.#maxBytes);
    const tag = headers.etag;
    // A weak tag does not promise equal bytes, so reading cannot go on by it.
    const version = tag !== undefined && !tag.startsWith("W/") ? tag : headers["last-modified"];
    const total = length === undefined ? undefined : length + offset;
    return { body: response, total, version, name: nameOf(url, headers["content-disposition"], type) };
  }
}

/** A part of an address as text, or as it is when it is not escaped rightly. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The file's name: the one its address, its server or its type tells, the first of them with a known ending. */
function nameOf(url: URL, disposition: string | undefined, type: string): string {
  const last = decoded(url.pathname.split("/").at(-1) ?? "");
  const suggested = /filename="?([^";]+)"?/i.exec(disposition ?? "")?.[1];
  const names = [last, suggested, NAME_OF_TYPE[type]].filter((name) => name !== undefined && name !== "");
  return names.find((name) => formatOfName(name!) !== undefined) ?? names[0] ?? "file";
}

function changed(what: string): PalateError {
  return new PalateError("failed_precondition", `${what} changed while it was being read; start the import again.`);
}

function tooLarge(what: string, most: number): PalateError {
  return invalidArgument(`${what} is larger than ${most} bytes; split it.`);
}
