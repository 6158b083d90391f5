import { createWriteStream } from "node:fs";
import { statfs } from "node:fs/promises";
import { once } from "node:events";
import path from "node:path";
import { finished } from "node:stream/promises";
import type { FileRefused } from "./file-problem.js";
import { beginsWithMark, BYTE_ORDER_MARK } from "./line-ends.js";
import type { TextChecker } from "./text-checker.js";

/** Bounds of what is copied. */
export interface StageLimits {
  /** Most bytes after decompression. */
  readonly maxBytes: number;
  /** Stop after about so many bytes, at the end of a line: for looking at the beginning of a large file. */
  readonly sampleBytes?: number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** Is told how many bytes of the file, as it was given, have been read. */
  readonly progress?: ((bytesRead: number) => void) | undefined;
}

const LINE_FEED = 0x0a;

/** Times its size to which a file may unpack; tables rarely shrink to a fiftieth, bombs to a thousandth. */
const MAX_RATIO = 200;

/** Unpacked bytes up to which the ratio does not matter. */
const RATIO_FREE_BYTES = 64 * 1024 * 1024;

/** Disk space that is left alone. */
const SPARE_BYTES = 256 * 1024 * 1024;

/** Bytes written between two looks at the disk. */
const DISK_CHECK_BYTES = 64 * 1024 * 1024;

/** Copies one file onto the disk, within bounds: bytes, the ratio of unpacking, and the disk's space. */
export class Staging {
  readonly #target: string;
  readonly #limits: StageLimits;
  readonly #refuse: (line: number, message: string) => FileRefused;
  #given = 0;
  #written = 0;
  #diskCheckedAt = 0;

  constructor(target: string, limits: StageLimits, refuse: (line: number, message: string) => FileRefused) {
    this.#target = target;
    this.#limits = limits;
    this.#refuse = refuse;
  }

  /** Bytes written, a byte order mark included. */
  get bytes(): number {
    return this.#written;
  }

  /** The bytes of the file as it was given, counted as they pass. */
  async *count(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      this.#given += chunk.length;
      this.#limits.progress?.(this.#given);
      yield chunk;
    }
  }

  /** Bytes of the file as it was given, where they did not pass. */
  set given(bytes: number) {
    this.#given = bytes;
  }

  /** Writes plain bytes into the target, checking them as text when `checker` is given. Throws FileRefused. */
  async write(plain: AsyncIterable<Buffer>, checker: TextChecker | undefined): Promise<void> {
    const out = createWriteStream(this.#target, { highWaterMark: 4 * 1024 * 1024 });
    const failed = once(out, "error").then(([error]) => Promise.reject(error as Error));
    failed.catch(() => {}); // Seen by whoever waits for the stream below.
    const { signal } = this.#limits;
    // Only a text can be cut at the end of a line.
    const sampleBytes = checker === undefined ? Infinity : (this.#limits.sampleBytes ?? Infinity);
    try {
      for await (const given of plain) {
        signal.throwIfAborted();
        let chunk = given;
        const first = this.#written === 0;
        this.#written += chunk.length;
        const enough = this.#written >= sampleBytes;
        await this.#check();
        if (enough) chunk = chunk.subarray(0, chunk.lastIndexOf(LINE_FEED) + 1);
        if (first && checker && beginsWithMark(chunk)) chunk = chunk.subarray(BYTE_ORDER_MARK.length);
        const broken = checker?.take(chunk, false);
        if (broken) throw this.#refuse(broken.line, broken.message);
        if (!out.write(chunk)) await Promise.race([once(out, "drain"), failed]);
        if (enough) break;
      }
      const broken = checker?.take(Buffer.alloc(0), true);
      if (broken) throw this.#refuse(broken.line, broken.message);
      out.end();
      await finished(out);
    } catch (thrown) {
      out.destroy();
      throw thrown;
    }
  }

  async #check(): Promise<void> {
    const { maxBytes } = this.#limits;
    if (this.#written > maxBytes) {
      throw this.#refuse(0, `is larger than ${maxBytes} bytes after decompression; split it`);
    }
    if (this.#written > RATIO_FREE_BYTES && this.#written > MAX_RATIO * this.#given) {
      throw this.#refuse(
        0,
        `unpacks to more than ${MAX_RATIO} times its size, as only damaged or malicious files do; unpack it before`,
      );
    }
    if (this.#written - this.#diskCheckedAt < DISK_CHECK_BYTES) return;
    this.#diskCheckedAt = this.#written;
    const disk = await statfs(path.dirname(this.#target));
    if (disk.bavail * disk.bsize < SPARE_BYTES) {
      throw this.#refuse(
        0,
        "does not fit on the disk of the datasets service when it is unpacked; make room or split it",
      );
    }
  }
}
