/**
 * A repeatable source of uniform numbers in [0, 1): the mulberry32 generator (32 bits of state, period 2^32), the same
 * on every machine. For splits, sampling and initial weights; never for secrets.
 * @param seed any number; its lowest 32 bits count
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * `count` different elements at random, each set of that size equally likely; all of them when there are not more.
 * @returns the drawn elements in their original order
 */
export function sample<T>(from: readonly T[], count: number, random: () => number): T[] {
  if (count >= from.length) return [...from];
  const positions = Int32Array.from(from, (_, position) => position);
  for (let k = 0; k < count; k++) {
    const other = k + Math.floor(random() * (positions.length - k));
    [positions[k], positions[other]] = [positions[other]!, positions[k]!];
  }
  return Array.from(positions.subarray(0, count).sort(), (position) => from[position]!);
}
