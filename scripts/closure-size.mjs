/**
 * `npm run closures`: how much each package of the repository needs to run: installed packages and their megabytes on disk,
 * its own code and optional packages left out. What is needed stands in package-lock.json, what it weighs in node_modules.
 */
import console from "node:console";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrap, root } from "./bootstrap.mjs";
import { packageFolders } from "./workspaces.mjs";

const MODULES = "node_modules";
/** What a file occupies is told in blocks of this many bytes. */
const BLOCK = 512;

/** Where a package finds another, as Node looks for it: in its own folder first, then outwards; undefined when nowhere. */
function findFrom(place, name, locked) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const path = join(folder, MODULES, name);
    if (path in locked) return path;
    if (folder === "") return undefined;
  }
}

/** Names of the packages that one cannot do without. */
function needsOf({ dependencies, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys(dependencies ?? {}), ...peers].filter((name) => !(name in optionalDependencies));
}

/**
 * Everything that a package needs to run.
 * @param folder the package's, as package-lock.json names it
 * @param locked `packages` of package-lock.json
 * @returns places in the lock file: folders of this repository, and those below node_modules
 */
function closureOf(folder, locked) {
  const found = new Set([folder]);
  for (const place of found) {
    for (const name of needsOf(locked[place])) {
      const path = findFrom(place, name, locked);
      if (path !== undefined) found.add(locked[path].link ? locked[path].resolved : path);
    }
  }
  return found;
}

/** Bytes that a folder occupies on disk, packages within it left out, for they are counted by themselves. */
function bytesIn(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) bytes += lstatSync(path).blocks * BLOCK;
    else if (entry.name !== MODULES) bytes += bytesIn(path);
  }
  return bytes;
}

await bootstrap();
const { packages: locked } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const sizes = new Map();
const sizeOf = (place) => {
  if (!sizes.has(place)) sizes.set(place, bytesIn(join(root, place)));
  return sizes.get(place);
};
const rows = packageFolders(root).map((folder) => {
  const installed = [...closureOf(folder, locked)].filter((place) => place.includes(MODULES));
  const bytes = installed.reduce((sum, place) => sum + sizeOf(place), 0);
  return { folder, packages: installed.length, megabytes: bytes / 2 ** 20 };
});
const width = Math.max(...rows.map(({ folder }) => folder.length));
console.log(`${"package".padEnd(width)}  packages      MB`);
for (const { folder, packages, megabytes } of rows) {
  console.log(`${folder.padEnd(width)}  ${String(packages).padStart(8)}  ${megabytes.toFixed(1).padStart(6)}`);
}
