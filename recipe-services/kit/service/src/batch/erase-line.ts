/** Whether any text in a value is a deleted id. */
function mentions(value: unknown, isDeleted: (id: string) => boolean): boolean {
  if (typeof value === "string") return isDeleted(value);
  if (Array.isArray(value)) return value.some((one) => mentions(one, isDeleted));
  if (typeof value === "object" && value !== null) return Object.values(value).some((one) => mentions(one, isDeleted));
  return false;
}

/**
 * An answer without deleted ids: they are removed from lists, and so are the entries at the same positions of parallel lists
 * (scores, reasons, metadata).
 */
function pruned(answer: unknown, isDeleted: (id: string) => boolean): unknown {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return answer;
  const fields = Object.entries(answer);
  const lists = fields.map(([, value]) => value as unknown).filter((value) => Array.isArray(value)) as unknown[][];
  const gone = new Map<number, Set<number>>();
  for (const list of lists) {
    const places = gone.get(list.length) ?? new Set<number>();
    gone.set(list.length, places);
    list.forEach((one, place) => mentions(one, isDeleted) && places.add(place));
  }
  return Object.fromEntries(
    fields.map(([name, value]) => {
      if (!Array.isArray(value)) return [name, mentions(value, isDeleted) ? null : (value as unknown)];
      const places = gone.get(value.length)!;
      return [name, value.filter((_, place) => !places.has(place)) as unknown];
    }),
  );
}

/**
 * A line of a batch job's input or output without deleted ids.
 * @returns undefined when the input itself names one: the line is to be removed
 */
export function eraseLine(line: string, isDeleted: (id: string) => boolean): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return line;
  }
  if (!mentions(value, isDeleted)) return line;
  if (typeof value !== "object" || value === null || !("output" in value)) return undefined;
  if ("input" in value && mentions(value.input, isDeleted)) return undefined;
  return JSON.stringify({ ...value, output: pruned(value.output, isDeleted) });
}
