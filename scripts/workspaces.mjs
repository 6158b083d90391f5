/**
 * `npm run generate:workspaces`: writes what follows from the package.json files and the list of services, so that nobody
 * has to: the `references` of every tsconfig.json, and the test package's dependencies on the services. With `--check`
 * nothing is written and what is missing is an error. No dependencies: the build and the installation come after it.
 */
import console from "node:console";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const LIST = "recipe-services/services.json";
const TESTS = "test";
/** Prettier's `printWidth`, for what is written has to please it. */
const WIDTH = 120;

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Folders of all packages, relative to the repository and in order; a workspace "a/*" stands for every package below a. */
export function packageFolders(root) {
  const { workspaces } = readJson(join(root, "package.json"));
  const folders = workspaces.flatMap((pattern) => {
    if (!pattern.endsWith("/*")) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(root, parent)).map((name) => posix.join(parent, name));
  });
  return folders.filter((folder) => existsSync(join(root, folder, "package.json"))).sort();
}

/** Every package by name, as `{ folder, manifest }`. */
function readPackages(root) {
  return new Map(
    packageFolders(root).map((folder) => {
      const manifest = readJson(join(root, folder, "package.json"));
      return [manifest.name, { folder, manifest }];
    }),
  );
}

/** The list of services; throws when it and the folders do not agree. */
function readServices(root, packages) {
  const services = readJson(join(root, LIST));
  const folders = new Set([...packages.values()].map(({ folder }) => folder));
  for (const { name, folder } of services) {
    if (!folders.has(folder))
      throw new Error(`${LIST} names ${folder} for "${name}"; there is no package in that folder.`);
  }
  for (const folder of folders) {
    const isService = posix.dirname(folder) === posix.dirname(LIST) && existsSync(join(root, folder, "src/main.ts"));
    if (!isService || services.some((service) => service.folder === folder)) continue;
    const port = Math.max(...services.map((service) => service.port)) + 1;
    const line = { name: posix.basename(folder), role: "recipe", folder, port };
    throw new Error(`${folder} is a service that ${LIST} does not name; add ${JSON.stringify(line)}.`);
  }
  return services;
}

/** Names of the packages of the repository that one needs. */
function neededBy({ dependencies, devDependencies, optionalDependencies, peerDependencies }, packages) {
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies });
  return names.filter((name) => packages.has(name));
}

/** The test package's manifest with each service among its dependencies, and no package that is gone. */
function withServices(manifest, services, packages) {
  const scope = manifest.name.slice(0, manifest.name.indexOf("/") + 1);
  const here = (name) => !name.startsWith(scope) || packages.has(name);
  const kept = Object.entries(manifest.devDependencies ?? {}).filter(([name]) => here(name));
  const added = [...packages.values()]
    .filter(({ folder }) => services.some((service) => service.folder === folder))
    .map(({ manifest: { name, version } }) => [name, version]);
  const sorted = [...new Map([...kept, ...added])].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...manifest, devDependencies: Object.fromEntries(sorted) };
}

/** A tsconfig.json's text with these `references` in place of its own. */
function withReferences(text, paths) {
  const items = paths.map((path) => `{ "path": "${path}" }`);
  const short = `  "references": [${items.join(", ")}]`;
  const long = `  "references": [\n${items.map((item) => `    ${item}`).join(",\n")}\n  ]`;
  const written = short.length <= WIDTH ? short : long;
  const existing = / *"references": \[[^\]]*\]/;
  if (existing.test(text)) return text.replace(existing, written);
  return text.replace(/\n\}\s*$/, `,\n${written}\n}\n`);
}

/** The files that ought to be there, by path relative to the repository. */
function wantedFiles(root) {
  const packages = readPackages(root);
  const services = readServices(root, packages);
  const files = new Map();
  for (const one of packages.values()) {
    if (one.folder !== TESTS) continue;
    one.manifest = withServices(one.manifest, services, packages);
    files.set(posix.join(TESTS, "package.json"), `${JSON.stringify(one.manifest, null, 2)}\n`);
  }
  const compiled = [...packages.values()].filter(({ folder }) => existsSync(join(root, folder, "tsconfig.json")));
  const referTo = (file, paths) => files.set(file, withReferences(readFileSync(join(root, file), "utf8"), paths));
  for (const { folder, manifest } of compiled) {
    const needed = neededBy(manifest, packages).map((name) => packages.get(name));
    const paths = needed.filter((one) => compiled.includes(one)).map((one) => posix.relative(folder, one.folder));
    referTo(posix.join(folder, "tsconfig.json"), paths.sort());
  }
  referTo(
    "tsconfig.json",
    compiled.map(({ folder }) => folder),
  );
  return files;
}

/**
 * Brings the files up to date.
 * @param root the repository's folder
 * @param options `check`: write nothing
 * @returns paths of the files that were not up to date
 * @throws Error when the list of services and the folders do not agree
 */
export function generateWorkspaces(root, { check = false } = {}) {
  const stale = [...wantedFiles(root)].filter(([file, text]) => readFileSync(join(root, file), "utf8") !== text);
  if (!check) for (const [file, text] of stale) writeFileSync(join(root, file), text);
  return stale.map(([file]) => file);
}

function main() {
  const here = resolve(dirname(fileURLToPath(import.meta.url)), "..");
  const options = { check: { type: "boolean", default: false }, root: { type: "string", default: here } };
  const { check, root } = parseArgs({ options }).values;
  const stale = generateWorkspaces(root, { check });
  for (const file of stale) console.log(check ? `${file} is not up to date` : `wrote ${file}`);
  if (!check || stale.length === 0) return;
  console.error('These files follow from the packages; "npm run generate:workspaces" writes them.');
  process.exitCode = 1;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
