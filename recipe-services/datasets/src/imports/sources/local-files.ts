import { invalidArgument, notFound } from "@palate/host";
import { createReadStream } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { dataFiles, tooManyFiles } from "./folder-files.js";
import { fixedPart, isPattern, patternMatcher } from "./glob.js";
import { MAX_FILES, type Source } from "./source.js";

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
  async find(location: string): Promise<Source[]> {
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
    if (file === undefined && isPattern(location)) return this.#match(location);
    await this.#needInside(location, file ?? path.resolve(location));
    if (file === undefined) throw notFound("file", location, "Check the path as the datasets service sees it.");
    const found = await stat(file);
    if (found.isDirectory()) return this.#inFolder(location, file);
    if (!found.isFile()) throw invalidArgument(`location "${location}" is neither a file nor a folder.`);
    return [localSource(file, path.basename(location), found.size)];
  }

  /** Throws unless a path, with links followed, lies in an import folder or is one. */
  async #needInside(location: string, file: string): Promise<void> {
    const folders = await Promise.all(this.#folders.map((folder) => realpath(folder).catch(() => undefined)));
    const inside = folders.some(
      (folder) =>
        folder !== undefined &&
        (file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)),
    );
    if (!inside) {
      throw invalidArgument(`location "${location}" lies outside the import folders (${this.#folders.join(", ")}).`);
    }
  }

  /** The files right in a folder; those in folders below it are not meant, as with Amazon. */
  async #inFolder(location: string, folder: string): Promise<Source[]> {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    return this.#sources(folder, dataFiles(location, names));
  }

  async #match(location: string): Promise<Source[]> {
    const base = await realpath(fixedPart(location)).catch(() => undefined);
    await this.#needInside(location, base ?? path.resolve(fixedPart(location)));
    if (base === undefined)
      throw notFound("folder", fixedPart(location), "Check the path as the datasets service sees it.");
    const pattern = location.slice(fixedPart(location).length);
    const depth = pattern.includes("**") ? Infinity : pattern.split("/").length - 1;
    const matcher = patternMatcher(pattern);
    const names = (await filesBelow(location, base, depth)).filter((name) => matcher.test(name));
    return this.#sources(base, dataFiles(location, names));
  }

  async #sources(folder: string, names: readonly string[]): Promise<Source[]> {
    const sources: Source[] = [];
    for (const name of names) {
      const given = path.join(folder, name);
      const file = await realpath(given);
      await this.#needInside(given, file);
      const found = await stat(file);
      if (!found.isFile()) throw invalidArgument(`location "${given}" is not a file.`);
      sources.push(localSource(file, path.basename(name), found.size));
    }
    return sources;
  }
}

/** Paths of the files below a folder, relative to it; links to folders are not followed. */
async function filesBelow(location: string, folder: string, depth: number, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(path.join(folder, prefix), { withFileTypes: true })) {
    const name = prefix + entry.name;
    if (!entry.isDirectory()) names.push(name);
    else if (depth > 0) names.push(...(await filesBelow(location, folder, depth - 1, `${name}/`)));
    if (names.length > MAX_ENTRIES) throw tooManyFiles(location);
  }
  return names;
}
