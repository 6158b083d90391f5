import { invalidArgument } from "@palate/host";
import { formatOfName, KNOWN_ENDINGS } from "./file-format.js";
import { isPartitionFolder } from "./partition-folders.js";
import { MAX_FILES } from "./source.js";

/** Names that tools leave beside data: `_SUCCESS`, `.crc`, `.DS_Store`. */
const BESIDE_DATA = /^[._]/;

/**
 * The files of a folder or pattern that are to be imported, by name. Hidden files and markers are passed over; anything
 * else whose format is unknown is refused, so that nothing is left out silently.
 * @param names the files' paths or keys
 * @param anyName whether files of any name are data, because their format is said
 * @throws PalateError `invalid_argument` when there are none, too many, or some of an unknown format
 */
export function dataFiles(location: string, names: readonly string[], anyName: boolean): string[] {
  const base = (name: string) => name.slice(name.lastIndexOf("/") + 1);
  const candidates = names.filter((name) => !BESIDE_DATA.test(base(name)) && base(name) !== "");
  const unknown = anyName ? [] : candidates.filter((name) => formatOfName(base(name)) === undefined);
  if (unknown.length > 0) {
    const shown = unknown.slice(0, 5).map((name) => `"${base(name)}"`);
    throw invalidArgument(
      `location "${location}" holds ${shown.join(", ")}${unknown.length > 5 ? ", …" : ""}, whose ending is none of ${KNOWN_ENDINGS}; take it away, name the files with a pattern such as "*.csv", or say the format in a mapping.`,
    );
  }
  if (candidates.length === 0) throw invalidArgument(`location "${location}" holds no files to import.`);
  if (candidates.length > MAX_FILES) throw tooManyFiles(location);
  return candidates.sort();
}

/**
 * The files right in a folder, and with `partitioned` those in its `key=value` folders.
 * @param names paths of all files below the folder, relative to it
 * @throws PalateError `invalid_argument` as {@link dataFiles}, and when there are only `key=value` folders that nobody asked for
 */
export function filesOfFolder(
  location: string,
  names: readonly string[],
  { partitioned, anyName }: { readonly partitioned: boolean; readonly anyName: boolean },
): string[] {
  const foldersOf = (name: string) => name.split("/").slice(0, -1);
  const inPartitions = names.filter((name) => foldersOf(name).every(isPartitionFolder));
  const direct = inPartitions.filter((name) => !name.includes("/"));
  const wanted = partitioned ? inPartitions : direct;
  const [partition] = inPartitions.flatMap((name) => foldersOf(name));
  if (!partitioned && partition !== undefined && direct.every((name) => BESIDE_DATA.test(name))) {
    throw invalidArgument(
      `location "${location}" holds no files to import, but folders such as "${partition}"; name their keys in the mapping's partition_keys, or the files with a pattern such as "**/*.parquet".`,
    );
  }
  return dataFiles(location, wanted, anyName);
}

/** The error of a location with more files than one import takes. */
export function tooManyFiles(location: string) {
  return invalidArgument(`location "${location}" holds more than ${MAX_FILES} files; import it in parts.`);
}
