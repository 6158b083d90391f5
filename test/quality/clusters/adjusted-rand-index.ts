/**
 * How far two ways of grouping the same things agree (Hubert and Arabie 1985): 1 when they are the same but for the
 * groups' names, 0 when they agree as much as chance would have them, below 0 when less.
 */
export function adjustedRandIndex(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const pairs = (count: number): number => (count * (count - 1)) / 2;
  const count = (keys: Iterable<string | number>): number[] => {
    const counts = new Map<string | number, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts.values()];
  };
  const sum = (counts: readonly number[]): number => counts.reduce((total, size) => total + pairs(size), 0);
  const rows = Array.from(one);
  const columns = Array.from(other);
  const together = sum(count(rows.map((group, k) => `${group}|${columns[k]}`)));
  const [inRows, inColumns] = [sum(count(rows)), sum(count(columns))];
  const expected = (inRows * inColumns) / pairs(rows.length);
  const most = (inRows + inColumns) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}
