import { gzipSync } from "node:zlib";
import { packBzip2 } from "./pack-bzip2.js";

/** The ways in which whole files are packed, by the ending of their names. */
export const PACKERS: Readonly<Record<string, (plain: Buffer) => Buffer>> = {
  gz: (plain) => gzipSync(plain, { level: 1 }),
  // Members one after the other, as parallel programs write them.
  "members.gz": (plain) => Buffer.concat([gzipSync(plain.subarray(0, 40)), gzipSync(plain.subarray(40))]),
  zst: packZstd,
  bz2: packBzip2,
};

/** Bytes of a part of a zstd frame. */
const ZSTD_BLOCK = 100;

/** Bytes as a zstd frame of parts that are as they are, or of one byte again and again. */
export function packZstd(plain: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(plain.length);
  const parts = [Buffer.from("28b52ffda0", "hex"), size];
  for (let at = 0; at === 0 || at < plain.length; at += ZSTD_BLOCK) {
    const block = plain.subarray(at, at + ZSTD_BLOCK);
    const same = block.length > 1 && block.every((byte) => byte === block[0]);
    const last = at + ZSTD_BLOCK >= plain.length ? 1 : 0;
    const header = last | (same ? 2 : 0) | (block.length << 3);
    parts.push(
      Buffer.from([header & 255, (header >> 8) & 255, header >> 16]),
      Buffer.from(same ? block.subarray(0, 1) : block),
    );
  }
  return Buffer.concat(parts);
}

/** Bytes of a literal of snappy, which a byte can count. */
const SNAPPY_LITERAL = 60;

/** Bytes in snappy's raw form, without any repetition found. */
export function packSnappy(plain: Uint8Array): Buffer {
  const parts: Buffer[] = [varint(plain.length)];
  for (let at = 0; at < plain.length; at += SNAPPY_LITERAL) {
    const part = plain.subarray(at, at + SNAPPY_LITERAL);
    parts.push(Buffer.from([(part.length - 1) << 2]), Buffer.from(part));
  }
  return Buffer.concat(parts);
}

/** A whole number in groups of seven bits, the lowest first. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A whole number with its sign in the lowest bit, in groups of seven bits. */
export function zigzag(value: number | bigint): Buffer {
  const big = BigInt(value);
  return varint(big < 0n ? -2n * big - 1n : 2n * big);
}
