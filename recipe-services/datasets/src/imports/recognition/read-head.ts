import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Source } from "../sources/source.js";

/** The beginning of a file. */
export interface FileHead {
  /** Its first bytes, decompressed. */
  readonly bytes: Buffer;
  /** Whether they are all of it. */
  readonly complete: boolean;
}

/** Reads the beginning of a file, decompressed where gzip compressed it. What is damaged ends it. */
export async function readHead(source: Source, most: number, signal: AbortSignal): Promise<FileHead> {
  const { body } = await source.open(signal);
  const parts: Buffer[] = [];
  let length = 0;
  let complete = true;
  const stream = Readable.from(body);
  try {
    for await (const chunk of unzipped(stream)) {
      signal.throwIfAborted();
      parts.push(chunk);
      length += chunk.length;
      if (length < most) continue;
      complete = false;
      break;
    }
  } catch (thrown) {
    // Damage is told by staging, which says where and what.
    if (!String((thrown as NodeJS.ErrnoException).code).startsWith("Z_")) throw thrown;
    complete = false;
  } finally {
    stream.destroy();
  }
  return { bytes: Buffer.concat(parts).subarray(0, most), complete };
}

async function* unzipped(stream: Readable): AsyncGenerator<Buffer> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await iterator.next();
  if (first.done) return;
  async function* rest(): AsyncGenerator<Buffer> {
    yield first.value as Buffer;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (isGzip) yield* Readable.from(rest()).compose<Readable>(createGunzip()) as AsyncIterable<Buffer>;
  else yield* rest();
}
