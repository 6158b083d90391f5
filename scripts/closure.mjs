/** What a package of the repository needs to run, as package-lock.json says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./bootstrap.mjs";
import { packageFolders } from "./workspaces.mjs";

/** The folder in which installed packages lie. */
export const MODULES = "node_modules";
/** The package that is no part of the product. */
const TESTS = "test";

/** `packages` of package-lock.json: by place, what is there. */
export function readLock() {
  return JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
}

/** Where a package finds another, as Node looks for it: in its own folder first, then outwards; undefined when nowhere. */
function findFrom(place, name, locked) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const path = join(folder, MODULES, name);
    if (path in locked) return path;
    if (folder === "") return undefined;
  }
}

/** Names of the packages that one cannot do without, or also of those that it uses where they are. */
function needsOf(
  { dependencies, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} },
  optional,
) {
  const peers = Object.keys(peerDependencies).filter((name) => optional || !peerDependenciesMeta[name]?.optional);
  const names = [...Object.keys(dependencies ?? {}), ...peers];
  if (optional) return [...new Set([...names, ...Object.keys(optionalDependencies)])];
  return names.filter((name) => !(name in optionalDependencies));
}

/**
 * Places of what a package needs directly.
 * @param place the package's, as package-lock.json names it
 * @param locked `packages` of package-lock.json
 * @param options `optional`: with what it uses where it is installed
 */
export function directNeedsOf(place, locked, { optional = false } = {}) {
  const found = needsOf(locked[place], optional).map((name) => findFrom(place, name, locked));
  return found.filter((path) => path !== undefined).map((path) => (locked[path].link ? locked[path].resolved : path));
}

/**
 * Everything that packages need to run.
 * @param folders the packages', as package-lock.json names them
 * @param locked `packages` of package-lock.json
 * @param options `optional`: with what they use where it is installed
 * @returns places in the lock file: folders of this repository, and those below node_modules
 */
export function closureOf(folders, locked, options) {
  const found = new Set(folders);
  // A set grows while it is walked, and the walk reaches what is added.
  for (const place of found) for (const needed of directNeedsOf(place, locked, options)) found.add(needed);
  return found;
}

/** Folders of the packages that the product consists of: all but the tests. */
export function productFolders() {
  return packageFolders(root).filter((folder) => folder !== TESTS);
}

/** The name of the package at a place below node_modules. */
export function nameAt(place) {
  return place.slice(place.lastIndexOf(`${MODULES}/`) + MODULES.length + 1);
}
