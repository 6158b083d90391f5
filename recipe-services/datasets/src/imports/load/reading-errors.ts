import { PalateError } from "@palate/host";
import { FileRefused, problemAt } from "../staging/file-problem.js";

/** Errors of DuckDB that are about its resources or about a statement of ours, not about the file that it reads. */
const NOT_OF_THE_FILE =
  /^(Out of Memory|INTERRUPT|Interrupt|Parser|Binder|Catalog|Dependency|Permission|TransactionContext|FATAL) Error|No space left on device|temp_directory/;

/** What helps against what DuckDB says of a file. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/encrypt/i, "save it without encryption"],
  [/BYTE_STREAM_SPLIT/, "write the column with PLAIN or dictionary encoding"],
  [/encoding|codec|compression/i, "write it with another encoding or compression"],
  [/unicode|UTF-?8/i, "write texts as UTF-8"],
  [/not implemented|not supported|unsupported/i, "write it in another way, such as CSV"],
];

/**
 * What DuckDB's error in reading a file means to whoever gave the file: its text in one line, and what would be right.
 * @param path where the file lies, which nobody outside needs to know
 */
function unreadableMessage(error: Error, path: string): string {
  const text = error.message.split("\n")[0]!.replaceAll(path, "the file").slice(0, 500).replace(/[.;]$/, "");
  const [, remedy] = REMEDIES.find(([pattern]) => pattern.test(text)) ?? [];
  return `cannot be read (${text}); ${remedy ?? "copy it again, or write it with another tool"}`;
}

/**
 * Runs what reads a file with DuckDB. Whatever DuckDB has against the file is a refusal of the file.
 * @throws FileRefused; errors of memory, disk and statements stay what they are
 */
export async function refusingUnreadable<T>(label: string, path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    const isOther = thrown instanceof PalateError || !(thrown instanceof Error) || NOT_OF_THE_FILE.test(thrown.message);
    if (isOther) throw thrown;
    throw new FileRefused(label, [problemAt(0, "", "", unreadableMessage(thrown, path))]);
  }
}
