/** How the rows of a file are written down. */
export type FileFormat = "csv" | "jsonl" | "parquet";

/** The format that a file's name says, or undefined. */
export function formatOfName(name: string): FileFormat | undefined {
  const plain = name.toLowerCase().replace(/\.gz$/, "");
  if (plain.endsWith(".csv")) return "csv";
  if (plain.endsWith(".jsonl") || plain.endsWith(".ndjson") || plain.endsWith(".json")) return "jsonl";
  return plain.endsWith(".parquet") ? "parquet" : undefined;
}
