import type { AttributeColumn } from "@palate/recipe";

/** How a metadata column is read: values from a set ("a|b" is two), free text, amounts, moments, or yes and no. */
export type ColumnKind = "categorical" | "text" | "number" | "timestamp" | "boolean";

/** Rows sampled to detect the kind of a column, spread evenly. */
const SAMPLE = 2000;
/** Amazon's reserved columns that hold Unix seconds. */
const TIMESTAMPS = new Set(["CREATION_TIMESTAMP", "EXPIRATION_TIMESTAMP", "TIMESTAMP"]);

/** Kind of texts that the schema does not declare: by how often they repeat, and how many words they have. */
function kindOfTexts(texts: readonly string[]): ColumnKind | undefined {
  const several = texts.filter((text) => /\S\|\S/.test(text)).length;
  if (several * 5 >= texts.length) return "categorical";
  const different = new Set(texts).size;
  if (different * 2 <= texts.length || different <= 2) return "categorical";
  const words = texts.reduce((sum, text) => sum + text.trim().split(/\s+/).length, 0) / texts.length;
  const long = texts.reduce((sum, text) => sum + text.length, 0) / texts.length >= 40;
  // Single words that are nearly unique identify the row, such as an article number, and say nothing about its kind.
  return words >= 1.8 || long ? "text" : undefined;
}

/**
 * What each column holds, by name. Columns that say nothing about kinds of items, because they are empty, the same
 * everywhere or different everywhere (article numbers, addresses of pictures), are omitted.
 * @param columns values by column
 * @param declared kinds from the schema; the others are detected from the values
 */
export function columnKinds(
  columns: Readonly<Record<string, AttributeColumn>>,
  declared: Readonly<Record<string, ColumnKind>> = {},
): Map<string, ColumnKind> {
  const kinds = new Map<string, ColumnKind>();
  for (const [name, column] of Object.entries(columns)) {
    const known = column.filter((value) => value !== null && value !== "");
    const stride = Math.max(1, Math.floor(known.length / SAMPLE));
    const sample = known.filter((_, row) => row % stride === 0);
    if (new Set(sample).size === 0) continue;
    const kind = declared[name] ?? kindOf(name, sample);
    if (kind !== undefined) kinds.set(name, kind);
  }
  return kinds;
}

function kindOf(name: string, sample: AttributeColumn): ColumnKind | undefined {
  const texts = sample.filter((value) => typeof value === "string");
  if (texts.length * 2 > sample.length)
    return texts.every((text) => /^https?:\/\//i.test(text)) ? undefined : kindOfTexts(texts);
  if (TIMESTAMPS.has(name.toUpperCase())) return "timestamp";
  return typeof sample[0] === "boolean" ? "boolean" : "number";
}
