import { filterInteractions, type TrainingData } from "@palate/recipe";

/** The length at a percentile of sorted lengths, 0 to 1: that of the user at the nearest rank. */
function lengthAt(sorted: Int32Array, percentile: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(percentile * sorted.length) - 1))]!;
}

/**
 * Which users' histories are neither shorter than those at one percentile nor longer than those at the other; users without
 * any interaction do not count. Everybody where a filter would leave nobody.
 * @param minimum 0 to 1
 * @param maximum 0 to 1
 * @returns 1 for users who stay
 */
export function usersWithin({ offsets, userIds }: TrainingData, minimum: number, maximum: number): Uint8Array {
  const lengths = Int32Array.from(userIds, (_, user) => offsets[user + 1]! - offsets[user]!);
  const sorted = lengths.filter((length) => length > 0).sort();
  const stay = new Uint8Array(lengths.length).fill(1);
  if (sorted.length === 0) return stay;
  const [shortest, longest] = [lengthAt(sorted, minimum), lengthAt(sorted, maximum)];
  if (shortest > longest) return stay;
  return stay.map((_, user) => Number(lengths[user]! >= shortest && lengths[user]! <= longest));
}

/** The data with the interactions of users who stay only; nobody's and nothing's index changes. */
export function withUsers(data: TrainingData, stay: Uint8Array): TrainingData {
  return filterInteractions(data, (_, user) => stay[user] === 1);
}
