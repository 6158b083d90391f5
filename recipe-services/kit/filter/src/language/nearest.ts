/** Edits (insert, delete, replace, swap of neighbours) that turn one text into the other (Damerau 1964, restricted). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity;
      current.push(Math.min(replaced, swapped, previous[j]! + 1, current[j - 1]! + 1));
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}

/** Case and underscores, which people omit first, do not count. */
function plain(name: string): string {
  return name.toUpperCase().replaceAll("_", "");
}

/** The name that was probably meant: at most a third of its letters differ. None when nothing is near. */
function nearest(written: string, names: readonly string[]): string | undefined {
  if (written.length > 100) return undefined;
  let best: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const [a, b] = [plain(written), plain(name)];
    const edits = distance(a, b);
    if (edits < least && edits <= Math.max(1, Math.floor(Math.max(a.length, b.length) / 3)))
      [best, least] = [name, edits];
  }
  return best;
}

/** ` Did you mean "GENRE"?` or nothing. */
export function suggestion(written: string, names: readonly string[], quote = '"'): string {
  const name = nearest(written, names);
  return name === undefined ? "" : ` Did you mean ${quote}${name}${quote}?`;
}

/** A list in a sentence: `a, b or c`. */
export function alternatives(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
