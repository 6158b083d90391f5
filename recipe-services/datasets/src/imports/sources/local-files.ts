import { invalidArgument, notFound } from "@palate/host";
import { createReadStream } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { dataFiles, filesOfFolder, tooManyFiles } from "./folder-files.js";
import { fixedPart, isPattern, patternMatcher } from "./glob.js";
import { isPartitionFolder } from "./partition-folders.js";
import { MAX_FILES, type Source, type WantedFiles } from "./source.js";
import { foldersAbove, TABLE_FORMATS, tableRefusal } from "./table-formats.js";

/** Bytes read at a time. */
const READ_BYTES = 1024 * 1024;

/** Most entries that are looked at below the folder of a pattern. */
const MAX_ENTRIES = 20 * MAX_FILES;

/** A file on this machine whose path has been checked. */
export function localSource(file: string, name: string, bytes?: number): Source {
  return {
    location: file,
    path: file,
    bytes,
    async open(signal) {
      const found = await stat(file);
      return { name, bytes: found.size, body: createReadStream(file, { highWaterMark: READ_BYTES, signal }) };
    },
  };
}

/** Finds files, folders and patterns inside the import folders; nothing outside of them can be named or reached by links. */
export class LocalFiles {
  readonly #folders: readonly string[];

  /** @param folders from which files may be read */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** The files at a location. Throws `invalid_argument` when they may not be read, `not_found` when there are none. */
  async find(location: string, wanted: WantedFiles): Promise<Source[]> {
    const found = await this.#find(location, wanted);
    await this.#needNoTable(location, found);
    return found;
  }

  async #find(location: string, wanted: WantedFiles): Promise<Source[]> {
    if (this.#folders.length === 0) {
      throw invalidArgument(
        "No import folders are set; upload the file, or start the service with PALATE_IMPORT_FOLDERS.",
      );
    }
    if (location.includes("\0")) throw invalidArgument("location has a NUL character; give a path.");
    if (!path.isAbsolute(location)) {
      throw invalidArgument(
        `location "${location}" is not an absolute path; it must lie in ${this.#folders.join(", ")}.`,
      );
    }
    const file = await realpath(location).catch(() => undefined);
    if (file === undefined && isPattern(location)) return this.#match(location, wanted);
    await this.#needInside(location, file ?? path.resolve(location));
    if (file === undefined) throw notFound("file", location, "Check the path as the datasets service sees it.");
    const found = await stat(file);
    if (found.isDirectory()) return this.#inFolder(location, file, wanted);
    if (!found.isFile()) throw invalidArgument(`location "${location}" is neither a file nor a folder.`);
    return [await this.#source(location, file, found.size)];
  }

  /** A file as a source. */
  async #source(given: string, file: string, bytes: number): Promise<Source> {
    // Links are followed to the bytes, but what a file is called, and its folders, are those that were given.
    const root = await this.#rootOf(path.resolve(given));
    const named = root === undefined ? file : path.resolve(given);
    const inside = path.relative(root ?? (await this.#rootOf(file)) ?? "/", path.dirname(named));
    return { ...localSource(file, path.basename(given), bytes), folders: inside === "" ? [] : inside.split(path.sep) };
  }

  /** The import folder that a path lies in or is. */
  async #rootOf(file: string): Promise<string | undefined> {
    const folders = await Promise.all(this.#folders.map((folder) => realpath(folder).catch(() => undefined)));
    return folders.find(
      (folder) =>
        folder !== undefined &&
        (file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)),
    );
  }

  /** Throws unless a path, with links followed, lies in an import folder or is one. */
  async #needInside(location: string, file: string): Promise<void> {
    if ((await this.#rootOf(file)) === undefined) {
      throw invalidArgument(`location "${location}" lies outside the import folders (${this.#folders.join(", ")}).`);
    }
  }

  /** Throws when files are part of a table of which only a log says which rows count. */
  async #needNoTable(location: string, sources: readonly Source[]): Promise<void> {
    const looked = new Set<string>();
    for (const { path: file = "" } of sources) {
      const root = (await this.#rootOf(file)) ?? path.dirname(file);
      for (const above of foldersAbove(path.relative(root, file))) {
        const folder = path.join(root, above);
        if (looked.has(folder)) continue;
        looked.add(folder);
        for (const format of TABLE_FORMATS) {
          const names = await readdir(path.join(folder, format.mark)).catch(() => undefined);
          const isTable =
            format.file === undefined ? names !== undefined : names?.some((name) => format.file?.test(name));
          if (isTable) throw tableRefusal(location, folder.replace(/\/$/, ""), format);
        }
      }
    }
  }

  /** The files right in a folder; those in folders below it are not meant, as with Amazon, but for `key=value` folders. */
  async #inFolder(location: string, folder: string, wanted: WantedFiles): Promise<Source[]> {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = wanted.partitioned
      ? await filesBelow(location, folder, Infinity, isPartitionFolder)
      : entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    return this.#sources(folder, filesOfFolder(location, names, wanted));
  }

  async #match(location: string, wanted: WantedFiles): Promise<Source[]> {
    const base = await realpath(fixedPart(location)).catch(() => undefined);
    await this.#needInside(location, base ?? path.resolve(fixedPart(location)));
    if (base === undefined)
      throw notFound("folder", fixedPart(location), "Check the path as the datasets service sees it.");
    const pattern = location.slice(fixedPart(location).length);
    const depth = pattern.includes("**") ? Infinity : pattern.split("/").length - 1;
    const matcher = patternMatcher(pattern);
    const names = (await filesBelow(location, base, depth, () => true)).filter((name) => matcher.test(name));
    return this.#sources(base, dataFiles(location, names, wanted.anyName));
  }

  async #sources(folder: string, names: readonly string[]): Promise<Source[]> {
    const sources: Source[] = [];
    for (const name of names) {
      const given = path.join(folder, name);
      const file = await realpath(given);
      await this.#needInside(given, file);
      const found = await stat(file);
      if (!found.isFile()) throw invalidArgument(`location "${given}" is not a file.`);
      sources.push(await this.#source(given, file, found.size));
    }
    return sources;
  }
}

/** Paths of the files below a folder, relative to it; links to folders are not followed. */
async function filesBelow(
  location: string,
  folder: string,
  depth: number,
  enters: (name: string) => boolean,
  prefix = "",
): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(path.join(folder, prefix), { withFileTypes: true })) {
    const name = prefix + entry.name;
    if (!entry.isDirectory()) names.push(name);
    else if (depth > 0 && enters(entry.name)) {
      names.push(...(await filesBelow(location, folder, depth - 1, enters, `${name}/`)));
    }
    if (names.length > MAX_ENTRIES) throw tooManyFiles(location);
  }
  return names;
}
