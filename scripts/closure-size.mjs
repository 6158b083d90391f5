/**
 * `npm run closures`: how much each package of the repository needs to run: installed packages and their megabytes on disk,
 * its own code and optional packages left out. What is needed stands in package-lock.json, what it weighs in node_modules.
 */
import console from "node:console";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bootstrap, root } from "./bootstrap.mjs";
import { closureOf, MODULES, readLock } from "./closure.mjs";
import { packageFolders } from "./workspaces.mjs";

/** What a file occupies is told in blocks of this many bytes. */
const BLOCK = 512;

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
const locked = readLock();
const sizes = new Map();
const sizeOf = (place) => {
  if (!sizes.has(place)) sizes.set(place, bytesIn(join(root, place)));
  return sizes.get(place);
};
const rows = packageFolders(root).map((folder) => {
  const installed = [...closureOf([folder], locked)].filter((place) => place.includes(MODULES));
  const bytes = installed.reduce((sum, place) => sum + sizeOf(place), 0);
  return { folder, packages: installed.length, megabytes: bytes / 2 ** 20 };
});
const width = Math.max(...rows.map(({ folder }) => folder.length));
console.log(`${"package".padEnd(width)}  packages      MB`);
for (const { folder, packages, megabytes } of rows) {
  console.log(`${folder.padEnd(width)}  ${String(packages).padStart(8)}  ${megabytes.toFixed(1).padStart(6)}`);
}
