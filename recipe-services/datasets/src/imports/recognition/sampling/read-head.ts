import { Readable } from "node:stream";
import { COMPRESSIONS, damageOf } from "../../staging/compression.js";
import type { Source } from "../../sources/source.js";

/** The beginning of a file. */
export interface FileHead {
  /** Its name, as its source says it. */
  readonly name: string;
  /** Its first bytes, decompressed. */
  readonly bytes: Buffer;
  /** Whether they are all of it. */
  readonly complete: boolean;
}

/** Reads the beginning of a file, decompressed. What is damaged, or compressed in a way that is not read, ends it. */
export async function readHead(source: Source, most: number, signal: AbortSignal): Promise<FileHead> {
  const { name, body } = await source.open(signal);
  const stream = Readable.from(body);
  const parts: Buffer[] = [];
  let length = 0;
  let complete = true;
  let compression = "";
  try {
    const { unpack, name: how, plain } = await opened(stream);
    if (unpack === undefined) return { name, bytes: Buffer.alloc(0), complete: false };
    compression = how;
    for await (const chunk of unpack(plain)) {
      signal.throwIfAborted();
      parts.push(chunk);
      length += chunk.length;
      if (length < most) continue;
      complete = false;
      break;
    }
  } catch (thrown) {
    // Staging says where and what.
    if (damageOf(thrown, compression) === undefined) throw thrown;
    complete = false;
  } finally {
    stream.destroy();
  }
  return { name, bytes: Buffer.concat(parts).subarray(0, most), complete };
}

/** A file's bytes from the first on, and how they are compressed. */
async function opened(stream: Readable) {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await iterator.next();
  async function* plain(): AsyncGenerator<Buffer> {
    for (let next = first; !next.done; next = await iterator.next()) yield next.value;
  }
  const compression = first.done ? undefined : COMPRESSIONS.find(({ begins }) => begins(first.value));
  const unpack = compression === undefined ? (file: AsyncIterable<Buffer>) => file : compression.unpack;
  return { name: compression?.name ?? "", unpack, plain: plain() };
}
