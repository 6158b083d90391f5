import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../errors/failure.js";
import type { Gateway } from "./gateway.js";

/** Where a file comes from, and how to know that it is whole. */
export interface Download {
  /** As the API handed it out. */
  readonly address: string;
  readonly bytes: number;
  /** In hexadecimal; null where it is not known. */
  readonly sha256: string | null;
}

/**
 * Fetches a file and checks it. Under its own name it appears only when it is whole.
 * @param target a path, or the stream that it is written to
 * @param onBytes told how many bytes have come
 * @throws Failure when it does not come whole; nothing is left at the path then
 */
export async function download(
  api: Gateway,
  { address, bytes, sha256 }: Download,
  target: string | NodeJS.WritableStream,
  onBytes: (received: number) => void,
): Promise<void> {
  const response = await api.fetch(address);
  if (!response.ok || !response.body)
    throw new Failure("DOWNLOAD_FAILED", `${address} cannot be fetched: HTTP ${response.status}.`);
  const hash = createHash("sha256");
  let received = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      received += chunk.length;
      onBytes(received);
      done(null, chunk);
    },
  });
  const part = typeof target === "string" ? `${target}.part` : undefined;
  const sink = typeof target === "string" ? createWriteStream(`${target}.part`) : target;
  try {
    await pipeline(response.body, counted, sink, { end: part !== undefined, signal: api.signal });
    const right = received === bytes && (sha256 === null || hash.digest("hex") === sha256);
    if (!right)
      throw new Failure("DOWNLOAD_FAILED", `What came of ${address} is not the file: ${received} of ${bytes} bytes.`);
    if (part !== undefined && typeof target === "string") await rename(part, target);
  } catch (thrown) {
    if (part !== undefined) await rm(part, { force: true });
    throw thrown;
  }
}
