/** Largest magnitude of a signed byte that is used; -128 is not, so that bytes are symmetric. */
const LARGEST_BYTE = 127;
const LARGEST_SHORT = 32_767;

/** How a vector was rounded: it is about `scale` times what was written, and no further from that than `error`. */
export interface Rounding {
  readonly scale: number;
  /** Euclidean length of what rounding took away. */
  readonly error: number;
}

/** Writes `vector / scale`, rounded to whole numbers of at most `largest`. Zeros have scale 0. */
function round(vector: ArrayLike<number>, largest: number, into: Int8Array | Int16Array): Rounding {
  let most = 0;
  for (let d = 0; d < vector.length; d++) most = Math.max(most, Math.abs(vector[d]!));
  const scale = most / largest;
  const times = most > 0 ? 1 / scale : 0;
  let squares = 0;
  for (let d = 0; d < vector.length; d++) {
    into[d] = Math.round(vector[d]! * times);
    squares += (vector[d]! - scale * into[d]!) ** 2;
  }
  return { scale, error: Math.sqrt(squares) };
}

/** Rounds a vector to signed bytes. */
export function toBytes(vector: ArrayLike<number>, into: Int8Array): Rounding {
  return round(vector, LARGEST_BYTE, into);
}

/** Rounds a vector to 16-bit integers so small that its dot product with any vector of bytes fits into 32 bits. */
export function toShorts(vector: ArrayLike<number>, into: Int16Array): Rounding {
  const largest = Math.min(LARGEST_SHORT, Math.floor((2 ** 31 - 1) / (LARGEST_BYTE * Math.max(1, vector.length))));
  return round(vector, largest, into);
}
