/** IEEE 754 half precision in `Uint16Array`s: half the memory, 11 significant bits. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Rounds to nearest even. Values beyond ±65504 become ±65504, so that no infinity reaches a sum; NaN stays NaN. */
export function toFloat16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude > 0x7f800000) halves[at] = 0x7e00;
    else if (magnitude >= 0x477fe000) halves[at] = sign | 0x7bff;
    else if (magnitude >= 0x38800000) {
      // Rebias the exponent by 127 - 15 and round off 13 bits, ties to even.
      const rounded = (magnitude - 0x38000000 + 0x0fff + ((magnitude >>> 13) & 1)) >>> 13;
      halves[at] = sign | Math.min(rounded, 0x7bff);
    } else {
      // Below the smallest normal number: let the float addition round to a multiple of 2^-24.
      bits[0] = magnitude;
      float[0] = float[0]! + 0.5;
      halves[at] = sign | (bits[0]! - 0x3f000000);
    }
  }
  return halves;
}

/** Exact. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let at = 0; at < halves.length; at++) {
    const half = halves[at]!;
    const fraction = half & 0x3ff;
    const exponent = (half >>> 10) & 31;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    values[at] = half & 0x8000 ? -magnitude : magnitude;
  }
  return values;
}

/** The power of two that brings the largest magnitude of `values` just below 2^14, far from both ends of the range. */
export function float16Scale(values: Float32Array): number {
  let largest = 0;
  for (let at = 0; at < values.length; at++) {
    const magnitude = Math.abs(values[at]!);
    if (magnitude > largest) largest = magnitude;
  }
  return largest > 0 && largest < Infinity ? 2 ** (13 - Math.floor(Math.log2(largest))) : 1;
}
