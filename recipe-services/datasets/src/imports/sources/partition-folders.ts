/** What Hive calls the folder of rows whose key is null. */
const NULL_VALUE = "__HIVE_DEFAULT_PARTITION__";

/** Whether a folder is called `key=value`, as Hive, Spark and others name the parts of a table. */
export function isPartitionFolder(name: string): boolean {
  return /^[^=]+=/.test(name);
}

/**
 * The value that a file's folders give to a key: of several the innermost counts.
 * @param folders the folders that a file lies in, outermost first
 * @returns null where the folder says so; undefined when no folder has the key
 */
export function partitionValue(folders: readonly string[], key: string): string | null | undefined {
  const folder = folders.findLast((name) => isPartitionFolder(name) && unescaped(keyOf(name)) === key);
  if (folder === undefined) return undefined;
  const value = folder.slice(keyOf(folder).length + 1);
  return value === NULL_VALUE || value === "" ? null : unescaped(value);
}

function keyOf(folder: string): string {
  return folder.slice(0, folder.indexOf("="));
}

/** Hive writes characters that paths cannot hold as "%" and two hexadecimal digits; any other "%" is itself. */
function unescaped(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => Buffer.from(escaped.replaceAll("%", ""), "hex").toString());
}
