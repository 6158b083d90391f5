import { invalidArgument } from "@palate/host";
import { formatOfName } from "./file-format.js";
import { MAX_FILES } from "./source.js";

/** Names that tools leave beside data: `_SUCCESS`, `.crc`, `.DS_Store`. */
const BESIDE_DATA = /^[._]/;

/**
 * The files of a folder or pattern that are to be imported, by name. Hidden files and markers are passed over; anything
 * else whose format is unknown is refused, so that nothing is left out silently.
 * @param names the files' paths or keys
 * @throws PalateError `invalid_argument` when there are none, too many, or some of an unknown format
 */
export function dataFiles(location: string, names: readonly string[]): string[] {
  const base = (name: string) => name.slice(name.lastIndexOf("/") + 1);
  const candidates = names.filter((name) => !BESIDE_DATA.test(base(name)) && base(name) !== "");
  const unknown = candidates.filter((name) => formatOfName(base(name)) === undefined);
  if (unknown.length > 0) {
    const shown = unknown.slice(0, 5).map((name) => `"${base(name)}"`);
    throw invalidArgument(
      `location "${location}" holds ${shown.join(", ")}${unknown.length > 5 ? ", …" : ""}, whose ending is none of .csv, .csv.gz, .jsonl, .jsonl.gz and .parquet; take it away, or name the files with a pattern such as "*.csv".`,
    );
  }
  if (candidates.length === 0) throw invalidArgument(`location "${location}" holds no files to import.`);
  if (candidates.length > MAX_FILES) throw tooManyFiles(location);
  return candidates.sort();
}

/** The error of a location with more files than one import takes. */
export function tooManyFiles(location: string) {
  return invalidArgument(`location "${location}" holds more than ${MAX_FILES} files; import it in parts.`);
}
