import { randomFillSync } from "node:crypto";

/** Random bytes got from the system at once: asking for a few at a time costs more than to use them. */
const POOL_BYTES = 4_096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** Random hexadecimal digits, two for each byte. */
function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString("hex", used - bytes, used);
}

/** An id for a new trace. */
export function newTraceId(): string {
  return randomHex(16);
}

/** An id for a new span. */
export function newSpanId(): string {
  return randomHex(8);
}
