/**
 * Masks have a byte for each row, 1 or 0, and a length that is a multiple of four: they are combined four rows at a time.
 * What lies behind the last row does not matter.
 */

function words(mask: Uint8Array, count: number): Uint32Array {
  return new Uint32Array(mask.buffer, mask.byteOffset, (count + 3) >> 2);
}

/** `into` and `other`, into `into`. */
export function andInto(into: Uint8Array, other: Uint8Array, count: number): void {
  const a = words(into, count);
  const b = words(other, count);
  for (let i = 0; i < a.length; i++) a[i]! &= b[i]!;
}

/** `into` or `other`, into `into`. */
export function orInto(into: Uint8Array, other: Uint8Array, count: number): void {
  const a = words(into, count);
  const b = words(other, count);
  for (let i = 0; i < a.length; i++) a[i]! |= b[i]!;
}

/** The opposite of `mask`, into `into`. */
export function notInto(into: Uint8Array, mask: Uint8Array, count: number): void {
  const a = words(into, count);
  const b = words(mask, count);
  for (let i = 0; i < a.length; i++) a[i] = b[i]! ^ 0x01010101;
}

/** Sets `target[i]` where the mask is `wanted`, and leaves the others. The target may be any array of bytes. */
export function markInto(target: Uint8Array, mask: Uint8Array, count: number, wanted: 0 | 1): void {
  const length = Math.min(target.length, count);
  let i = 0;
  if (target.byteOffset % 4 === 0) {
    const a = new Uint32Array(target.buffer, target.byteOffset, length >> 2);
    const b = words(mask, count);
    const flip = wanted === 1 ? 0 : 0x01010101;
    for (let word = 0; word < a.length; word++) a[word]! |= b[word]! ^ flip;
    i = a.length << 2;
  }
  for (; i < length; i++) if (mask[i] === wanted) target[i] = 1;
}
