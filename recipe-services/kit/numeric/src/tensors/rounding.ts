/** Largest magnitude of a signed byte that is used; -128 is not, so that bytes are symmetric. */
const MAX_BYTE = 127;
const MAX_SHORT = 32_767;

/** How a vector was quantized: it is `scale` times what was written, up to an error of length `error`. */
export interface Rounding {
  readonly scale: number;
  /** Euclidean length of the quantization error. */
  readonly error: number;
}

/** Writes `vector / scale`, rounded to whole numbers of at most `largest`. Zeros have scale 0. */
function round(vector: ArrayLike<number>, largest: number, into: Int8Array | Int16Array): Rounding {
  let most = 0;
  for (let d = 0; d < vector.length; d++) most = Math.max(most, Math.abs(vector[d]!));
  const scale = Math.fround(most / largest);
  const times = scale > 0 ? 1 / scale : 0;
  let squares = 0;
  for (let d = 0; d < vector.length; d++) {
    into[d] = Math.max(-largest, Math.min(largest, Math.round(vector[d]! * times)));
    squares += (vector[d]! - scale * into[d]!) ** 2;
  }
  return { scale, error: Math.sqrt(squares) };
}

/** Quantizes a vector to signed bytes. */
export function toBytes(vector: ArrayLike<number>, into: Int8Array): Rounding {
  return round(vector, MAX_BYTE, into);
}

/** Quantizes a vector to 16-bit integers, small enough that its dot product with any vector of bytes fits into 32 bits. */
export function toShorts(vector: ArrayLike<number>, into: Int16Array): Rounding {
  return round(vector, largestOfShorts(vector.length), into);
}

/** Largest magnitude that `toShorts` writes for a vector of this length; each number is off by at most half a unit of it. */
export function largestOfShorts(length: number): number {
  return Math.min(MAX_SHORT, Math.floor((2 ** 31 - 1) / (MAX_BYTE * Math.max(1, length))));
}
