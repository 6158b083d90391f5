import { PalateError } from "@palate/host";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { damaged } from "./damaged.js";
import type { DataKey } from "./data-key.js";
import { KEY_ID_BYTES, NONCE_BYTES, TAG_BYTES } from "./sizes.js";

/**
 * The form of an encrypted file: STREAM of Hoang, Reyhanitabar, Rogaway and Vizár (CRYPTO 2015), with a key for each
 * file, as in Tink's AES-GCM-HKDF streaming.
 *
 * - Header: "PALATE", a byte for the version, a byte for the binary logarithm of the segment size, the data key's id,
 *   a random salt and a random nonce prefix.
 * - Segments of that many plain bytes, each followed by its tag; the last one may be shorter, and is there in an empty file too.
 *
 * The file's key is derived from the data key by HKDF with the salt, the header and the file's name: a file that is put in
 * another's place does not open. The nonce of a segment is the prefix, its number as 32 bits, and 1 for the last segment, else
 * 0: segments that are exchanged, left out or missing at the end do not open.
 */
const MAGIC = Buffer.from("PALATE", "latin1");
const VERSION = 1;
const SALT_BYTES = 32;
const PREFIX_BYTES = 7;
const KEY_ID_AT = MAGIC.length + 2;
const SALT_AT = KEY_ID_AT + KEY_ID_BYTES;
const PREFIX_AT = SALT_AT + SALT_BYTES;

/** Bytes in front of the first segment. */
export const HEADER_BYTES = PREFIX_AT + PREFIX_BYTES;

/** Binary logarithm of a segment's bytes: large enough that a segment's own cost does not count, small enough to be quick. */
const SEGMENT_LOG = 18;

/** Segment sizes that are opened, as logarithms: a damaged header must not ask for memory without end. */
const [LEAST_LOG, MOST_LOG] = [4, 24];

/** Bytes in pieces of any size. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What a header says. */
interface Header {
  readonly bytes: Uint8Array;
  readonly segmentBytes: number;
}

/** Whether bytes are the beginning of an encrypted file. */
export function isSealed(head: Uint8Array): boolean {
  return head.length >= MAGIC.length && MAGIC.equals(head.subarray(0, MAGIC.length));
}

/** Plain bytes of an encrypted file of so many bytes, with segments of the usual size. */
export function plainLength(sealedBytes: number): number {
  const segments = Math.ceil((sealedBytes - HEADER_BYTES) / (2 ** SEGMENT_LOG + TAG_BYTES));
  return sealedBytes - HEADER_BYTES - segments * TAG_BYTES;
}

/**
 * Encrypts a file piece by piece.
 * @param name what the file is; it opens under that name only
 * @param segmentLog binary logarithm of a segment's bytes
 */
export async function* sealStream(
  key: DataKey,
  name: string,
  source: Bytes,
  segmentLog: number = SEGMENT_LOG,
): AsyncGenerator<Uint8Array> {
  const start = Buffer.concat([MAGIC, Uint8Array.of(VERSION, segmentLog), Buffer.from(key.id, "hex")]);
  const bytes = Buffer.concat([start, randomBytes(SALT_BYTES + PREFIX_BYTES)]);
  const header = { bytes, segmentBytes: 2 ** segmentLog };
  const fileKey = fileKeyOf(key, header, name);
  yield bytes;
  for await (const { segment, index, isLast } of cut(source, header.segmentBytes)) {
    const cipher = createCipheriv("aes-256-gcm", fileKey, nonceOf(header, index, isLast));
    yield cipher.update(segment);
    cipher.final();
    yield cipher.getAuthTag();
  }
}

/**
 * Decrypts a file piece by piece. Each piece was checked before it is given out; that nothing is missing at the end is known
 * when the loop has ended.
 * @param keyOf gives the data key of an id
 * @throws PalateError `data_loss` when the file is not one of that name, or was changed; `failed_precondition` when a newer
 *   version of Palate wrote it; what `keyOf` throws
 */
export async function* openStream(
  keyOf: (keyId: string) => Promise<DataKey>,
  name: string,
  source: Bytes,
): AsyncGenerator<Uint8Array> {
  const { head, rest } = await takeHead(source, HEADER_BYTES);
  const header = parseHeader(head, name);
  const fileKey = fileKeyOf(await keyOf(keyIdOf(header)), header, name);
  for await (const { segment, index, isLast } of cut(rest, header.segmentBytes + TAG_BYTES)) {
    if (segment.length < TAG_BYTES) throw damaged(name);
    const decipher = createDecipheriv("aes-256-gcm", fileKey, nonceOf(header, index, isLast));
    decipher.setAuthTag(segment.subarray(-TAG_BYTES));
    const plain = decipher.update(segment.subarray(0, -TAG_BYTES));
    try {
      decipher.final();
    } catch {
      throw damaged(name);
    }
    if (plain.length > 0) yield plain;
  }
}

function parseHeader(bytes: Uint8Array, name: string): Header {
  if (bytes.length < HEADER_BYTES || !isSealed(bytes)) throw damaged(name);
  const [version, segmentLog] = [bytes[MAGIC.length]!, bytes[MAGIC.length + 1]!];
  if (version !== VERSION) {
    throw new PalateError(
      "failed_precondition",
      `"${name}" is encrypted in form ${version}; this version of Palate knows form ${VERSION}. Update the service.`,
    );
  }
  if (segmentLog < LEAST_LOG || segmentLog > MOST_LOG) throw damaged(name);
  return { bytes, segmentBytes: 2 ** segmentLog };
}

function keyIdOf({ bytes }: Header): string {
  return Buffer.from(bytes.subarray(KEY_ID_AT, SALT_AT)).toString("hex");
}

function fileKeyOf(key: DataKey, { bytes }: Header, name: string): Uint8Array {
  return key.derive(bytes.subarray(SALT_AT, PREFIX_AT), Buffer.concat([bytes, Buffer.from(name, "utf8")]));
}

function nonceOf({ bytes }: Header, index: number, isLast: boolean): Uint8Array {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.set(bytes.subarray(PREFIX_AT, HEADER_BYTES));
  nonce.writeUInt32BE(index, PREFIX_BYTES); // Throws past 2^32, which no file of a petabyte reaches.
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}

/** The first bytes of a stream, fewer when it ends before, and all that follow. */
async function takeHead(source: Bytes, bytes: number): Promise<{ head: Uint8Array; rest: AsyncGenerator<Uint8Array> }> {
  const pieces = (async function* () {
    yield* source;
  })();
  const taken: Uint8Array[] = [];
  for (let length = 0; length < bytes;) {
    const { value, done } = await pieces.next();
    if (done) break;
    taken.push(value);
    length += value.length;
  }
  const start = Buffer.concat(taken);
  const rest = (async function* () {
    if (start.length > bytes) yield start.subarray(bytes);
    yield* pieces;
  })();
  return { head: start.subarray(0, bytes), rest };
}

/** A part of a stream. */
interface Segment {
  readonly segment: Uint8Array;
  readonly index: number;
  readonly isLast: boolean;
}

/** Cuts a stream into parts of `size` bytes. There is a last one, of up to that size, always; it is empty of an empty stream. */
async function* cut(source: Bytes, size: number): AsyncGenerator<Segment> {
  let [index, filled] = [0, 0];
  let segment = Buffer.allocUnsafe(size);
  for await (const piece of source) {
    for (let at = 0; at < piece.length;) {
      // Only now is it known not to be the last.
      if (filled === size) {
        yield { segment, index: index++, isLast: false };
        segment = Buffer.allocUnsafe(size);
        filled = 0;
      }
      const taken = Math.min(size - filled, piece.length - at);
      segment.set(piece.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
    }
  }
  yield { segment: segment.subarray(0, filled), index, isLast: true };
}
