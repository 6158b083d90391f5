/**
 * Compares column names as Amazon does, and as {@link toColumnName} makes them: capitals, underscores, blanks and accents do
 * not count, so that `numberOfRatings`, `NUMBER_OF_RATINGS` and `Number of ratings` are one column. Schemas keep names unique
 * under this key.
 */
export function columnKey(name: string): string {
  // The names of most events' properties, for which the long way would give the same.
  const plain = /^[A-Za-z][A-Za-z0-9_]*$/.test(name) ? name.toUpperCase() : toColumnName(name);
  return plain.replaceAll("_", "");
}

/** The schema form of any name: `numberOfRatings` and `number of ratings` become `NUMBER_OF_RATINGS`. */
export function toColumnName(name: string): string {
  const spaced = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .toUpperCase();
  return /^[A-Z]/.test(spaced) ? spaced : `COLUMN_${spaced}`;
}
