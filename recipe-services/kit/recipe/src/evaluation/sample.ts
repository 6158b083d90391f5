import type { Random } from "@palate/numeric";

/**
 * `count` different elements at random, each set of that size equally likely; all of them when there are not more.
 * @returns the drawn elements in their original order
 */
export function sample<T>(from: readonly T[], count: number, random: Random): T[] {
  if (count >= from.length) return [...from];
  const positions = Int32Array.from(from, (_, position) => position);
  for (let k = 0; k < count; k++) {
    const other = k + random.integer(positions.length - k);
    [positions[k], positions[other]] = [positions[other]!, positions[k]!];
  }
  return Array.from(positions.subarray(0, count).sort(), (position) => from[position]!);
}
