/**
 * Whether everything that the product needs to run has a licence under which it may be passed on with the product. A check of
 * `npm run lint`; what a package is licensed under stands in its package.json.
 */
import console from "node:console";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import satisfies from "spdx-satisfies";
import { root } from "./bootstrap.mjs";
import { closureOf, MODULES, nameAt, productFolders, readLock } from "./closure.mjs";

/** Licences, by their SPDX identifiers, that ask for no more than to be named and passed on. */
const ALLOWED = ["0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "Zlib"];

/** Packages that are allowed all the same, with the reason: `"name@version": "why"`. */
const EXCEPTIONS = {};

/** The SPDX expression of a package; that of the lock file where it is for another machine than this. */
function licenceOf(place, { license }) {
  const manifest = join(root, place, "package.json");
  const stated = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).license : undefined;
  return typeof stated === "string" ? stated : license;
}

function isAllowed(expression) {
  try {
    return satisfies(expression, ALLOWED);
  } catch {
    return false; // no SPDX expression, or none at all
  }
}

const locked = readLock();
const places = [...closureOf(productFolders(), locked, { optional: true })].filter((place) => place.includes(MODULES));
const used = new Map(Object.keys(EXCEPTIONS).map((key) => [key, false]));
const refused = [];
for (const place of places) {
  const licence = licenceOf(place, locked[place]);
  const key = `${nameAt(place)}@${locked[place].version}`;
  if (isAllowed(licence)) continue;
  if (used.has(key)) used.set(key, true);
  else refused.push(`${key} is licensed under "${licence ?? "nothing that it names"}"`);
}
for (const line of refused) console.error(line);
if (refused.length > 0) {
  console.error(
    `Allowed are ${ALLOWED.join(", ")}; another one needs an exception with its reason in scripts/licences.mjs.`,
  );
}
for (const [key, needed] of used)
  if (!needed) console.error(`The exception for ${key} in scripts/licences.mjs is not needed.`);
console.log(`${places.length} packages`);
process.exit(refused.length > 0 || [...used.values()].includes(false) ? 1 : 0);
