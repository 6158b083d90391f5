type Column =
  Int8Array | Int16Array | Int32Array | Float32Array | Float64Array | Uint16Array | Uint8Array | Uint32Array;

/**
 * The array itself when it has `length` elements or more, else a copy at least twice as long with zeros (or `fill`)
 * behind: adding elements one by one costs constant time each.
 */
export function ensureCapacity<T extends Column>(array: T, length: number, fill = 0): T {
  if (length <= array.length) return array;
  const longer = new (array.constructor as new (length: number) => T)(Math.max(length, 2 * array.length, 64));
  longer.set(array);
  if (fill !== 0) longer.fill(fill, array.length);
  return longer;
}
