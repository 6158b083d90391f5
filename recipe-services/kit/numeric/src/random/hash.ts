/** Where FNV-1a begins. */
const OFFSET_BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/**
 * A 32-bit hash of a text: FNV-1a (Fowler, Noll and Vo) over its UTF-16 units. For seeds, buckets and fingerprints; not for
 * secrets.
 * @param begun the hash of what comes before the text. Default: nothing does
 * @returns a signed 32-bit integer
 */
export function fnv1a(text: string, begun: number = OFFSET_BASIS): number {
  let hash = begun;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}

/** Goes on with a hash after one more 16-bit unit, such as one that ends a text. */
export function fnv1aUnit(unit: number, begun: number): number {
  return Math.imul(begun ^ unit, PRIME);
}

/** Where the hash of a text begins that also depends on a number. */
export function fnv1aSeeded(seed: number): number {
  return OFFSET_BASIS ^ Math.imul(seed, 0x9e3779b9);
}
