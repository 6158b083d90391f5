import { Decompress } from "fzstd";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import unbzip2Stream from "unbzip2-stream";

/** How the bytes of a file are compressed as a whole. */
export interface Compression {
  /** Its name. */
  readonly name: string;
  /** Whether a file that begins so is compressed in this way. */
  readonly begins: (head: Buffer) => boolean;
  /** Gives the plain bytes; undefined when it is not read. Throws the library's errors, see {@link damageOf}. */
  readonly unpack?: (file: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
}

/** Bytes that decompressors without back pressure are given at a time: very few can become very many. */
const ZSTD_SLICE_BYTES = 8 * 1024;
const BZIP2_SLICE_BYTES = 64;

/** Bytes that one part of a file may become at once. */
export const MAX_PART_BYTES = 256 * 1024 * 1024;

/** Damaged or malicious data, as a decompressor found them. */
class BadData extends Error {}

/** What comes behind the level of a bzip2 file: a block, or the end of an empty one. */
const BZIP2_STARTS = ["314159265359", "177245385090"];

const startsWith =
  (...bytes: number[]) =>
  (head: Buffer) =>
    head.subarray(0, bytes.length).equals(Buffer.from(bytes));

/** The ways to compress files that are known by their first bytes. */
export const COMPRESSIONS: readonly Compression[] = [
  { name: "gzip", begins: startsWith(0x1f, 0x8b), unpack: gunzip },
  { name: "zstd", begins: startsWith(0x28, 0xb5, 0x2f, 0xfd), unpack: unzstd },
  {
    name: "bzip2",
    begins: (head) => startsWith(0x42, 0x5a, 0x68)(head) && BZIP2_STARTS.includes(head.toString("hex", 4, 10)),
    unpack: unbzip2,
  },
  { name: "xz", begins: startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00) },
  { name: "lz4", begins: startsWith(0x04, 0x22, 0x4d, 0x18) },
  { name: "snappy", begins: startsWith(0xff, 0x06, 0x00, 0x00, 0x73, 0x4e) },
];

function gunzip(file: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const given = Readable.from(file);
  const plain = given.pipe(createGunzip({ chunkSize: 1024 * 1024 }));
  given.on("error", (error) => plain.destroy(error));
  return plain as AsyncIterable<Buffer>;
}

/** Parts of a file of at most so many bytes. */
async function* slices(file: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  for await (const chunk of file) {
    for (let at = 0; at < chunk.length; at += most) yield chunk.subarray(at, at + most);
  }
}

/** Collects what a decompressor gives for one part. Throws BadData when it is too much. */
class Plain {
  #parts: Buffer[] = [];
  #bytes = 0;

  add(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_PART_BYTES) throw new BadData("very few bytes unpack to very many");
    this.#parts.push(Buffer.from(bytes));
  }

  take(): Buffer {
    const all = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    return all;
  }
}

async function* unzstd(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const plain = new Plain();
  const stream = new Decompress((bytes) => plain.add(bytes));
  for await (const slice of slices(file, ZSTD_SLICE_BYTES)) {
    pushZstd(stream, slice, false);
    const bytes = plain.take();
    if (bytes.length > 0) yield bytes;
  }
  pushZstd(stream, new Uint8Array(0), true);
  yield plain.take();
}

/** Gives bytes to zstd's decompressor, which fails at damaged ones in whatever way they lead it. */
function pushZstd(stream: Decompress, bytes: Uint8Array, last: boolean): void {
  try {
    stream.push(bytes, last);
  } catch (thrown) {
    if (thrown instanceof BadData || typeof (thrown as { readonly code?: unknown }).code === "number") throw thrown;
    const { message } = thrown as Error;
    throw message === "unexpected EOF" ? thrown : new BadData(message);
  }
}

/** Unpacks one part of a file that is compressed with zstd. Throws when it becomes too much. */
export function unzstdAtOnce(bytes: Uint8Array): Buffer {
  const plain = new Plain();
  pushZstd(new Decompress((part) => plain.add(part)), bytes, true);
  return plain.take();
}

async function* unbzip2(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const plain = new Plain();
  const stream = unbzip2Stream() as NodeJS.ReadWriteStream;
  let failed: Error | undefined;
  stream.on("data", (bytes: Buffer) => plain.add(bytes));
  stream.on("error", (error: Error) => (failed = new BadData(error.message)));
  const taken = () => {
    if (failed) throw failed;
    return plain.take();
  };
  for await (const slice of slices(file, BZIP2_SLICE_BYTES)) {
    stream.write(slice);
    const bytes = taken();
    if (bytes.length > 0) yield bytes;
  }
  stream.end();
  yield taken();
}

/** What is wrong with a file's compressed data, when an error is about that. */
export function damageOf(thrown: unknown, name: string): string | undefined {
  const { code, message } = thrown as Error & { readonly code?: unknown };
  if (code === "Z_BUF_ERROR" || (name === "zstd" && message === "unexpected EOF")) {
    return `ends before its ${name} data is complete; copy it again`;
  }
  const isDamage =
    thrown instanceof BadData || (typeof code === "string" && code.startsWith("Z_")) || typeof code === "number";
  if (!isDamage) return undefined;
  if (/window/i.test(message))
    return `is compressed with a window that is too large (${message}); compress it without --long`;
  return `is damaged ${name} data (${message}); compress it again`;
}
