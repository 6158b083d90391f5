const MAGIC = 0x184d2204;

/** Bits of a frame's descriptor. */
const BLOCK_CHECKSUMS = 0x10;
const CONTENT_SIZE = 0x08;
const DICTIONARY_ID = 0x01;

/** The bit of a block's length that says that it is not compressed. */
const STORED = 0x80000000;

/** Shortest match. */
const MIN_MATCH = 4;

/** Plain bytes that grow up to a limit. Throws RangeError beyond it. */
class Growing {
  #bytes: Buffer;
  #length = 0;
  readonly #most: number;

  constructor(first: number, most: number) {
    this.#most = most;
    this.#bytes = Buffer.alloc(Math.min(first, most));
  }

  get plain(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    this.#make(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Appends bytes again that are there already; those it appends count. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.#length) throw new RangeError("an LZ4 block points before its beginning");
    this.#make(count);
    const from = this.#length - distance;
    for (let i = 0; i < count; i++) this.#bytes[this.#length++] = this.#bytes[from + i]!;
  }

  #make(more: number): void {
    const needed = this.#length + more;
    if (needed > this.#most) throw new RangeError(`a buffer has more than ${this.#most} bytes`);
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.min(Math.max(needed, 2 * this.#bytes.length), this.#most));
    larger.set(this.plain);
    this.#bytes = larger;
  }
}

/**
 * The plain bytes of an LZ4 frame, with or without checksums of its blocks, which are not compared.
 * @param most most bytes that it may unpack to
 * @throws RangeError when it is no such frame, is cut off, or unpacks to more
 */
export function unlz4(frame: Uint8Array, most: number): Buffer {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  if (bytes.readUInt32LE(0) !== MAGIC) throw new RangeError("no LZ4 frame begins so");
  const flags = bytes.readUInt8(4);
  const plain = new Growing(4 * bytes.length, most);
  let at = 7 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY_ID ? 4 : 0);
  for (;;) {
    const head = bytes.readUInt32LE(at);
    at += 4;
    if (head === 0) return plain.plain;
    const end = at + (head & ~STORED);
    if (end > bytes.length) throw new RangeError("an LZ4 block is cut off");
    const block = bytes.subarray(at, end);
    if (head & STORED) plain.append(block);
    else unpackBlock(block, plain);
    at = end + (flags & BLOCK_CHECKSUMS ? 4 : 0);
  }
}

function unpackBlock(block: Buffer, plain: Growing): void {
  let at = 0;
  /** A length of which four bits are known; more follows when all of them are set. */
  const length = (bits: number): number => {
    let sum = bits;
    if (bits < 15) return sum;
    for (;;) {
      const more = block.readUInt8(at++);
      sum += more;
      if (more < 255) return sum;
    }
  };
  while (at < block.length) {
    const token = block.readUInt8(at++);
    const literals = length(token >> 4);
    if (at + literals > block.length) throw new RangeError("an LZ4 block is cut off");
    plain.append(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return;
    const distance = block.readUInt16LE(at);
    at += 2;
    plain.repeat(distance, length(token & 15) + MIN_MATCH);
  }
}
