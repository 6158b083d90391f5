/**
 * Makes a clone ready to run: packages installed as the lock file says, TypeScript built. What is ready already is left
 * alone and costs well under a second. No dependencies: this runs before there are any.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runStep } from "./steps.mjs";
import { generateWorkspaces, packageFolders } from "./workspaces.mjs";

/** The repository's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const OLDEST_NODE = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`Palate needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.version}`);
}

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Whether package-lock.json knows the packages of this repository with the dependencies that they have now. */
function lockIsCurrent() {
  const { packages: locked } = readJson(join(root, "package-lock.json"));
  const folders = packageFolders(root);
  const known = Object.keys(locked).filter((path) => path !== "" && !path.includes("node_modules"));
  if (known.some((folder) => !folders.includes(folder))) return false;
  const textOf = (dependencies = {}) => JSON.stringify(Object.entries(dependencies).sort());
  return ["", ...folders].every((folder) => {
    const manifest = readJson(join(root, folder, "package.json"));
    return ["dependencies", "devDependencies", "optionalDependencies"].every(
      (kind) => textOf(locked[folder]?.[kind]) === textOf(manifest[kind]),
    );
  });
}

/**
 * Whether node_modules holds what package-lock.json asks for. Compares with the list that npm leaves there when an
 * installation is complete, so a plain "npm install" or "npm ci" counts as well. Optional packages may be missing.
 */
function packagesAreInstalled() {
  const installedPath = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedPath)) return false;
  const { packages: wanted } = readJson(join(root, "package-lock.json"));
  const { packages: installed } = readJson(installedPath);
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith("node_modules/") || entry.optional) return true;
    // The repository's own packages are links and have no version here.
    return path in installed && installed[path].version === entry.version;
  });
}

async function install() {
  const current = lockIsCurrent();
  if (current && packagesAreInstalled()) return;
  // npm tells the programs it runs where it is; a plain "node scripts/demo.mjs" has to find it on the PATH.
  const npm = process.env.npm_execpath;
  const what = current ? "ci" : "install";
  const [command, args] = npm ? [process.execPath, [npm, what]] : ["npm", [what]];
  const title = current
    ? "installing packages with npm ci (about 550, 270 MB download when the cache is empty)"
    : "installing packages with npm install, for a package.json has changed; package-lock.json follows";
  await runStep(title, command, args, {
    cwd: root,
    hint: "Check the network and npm's registry setting (npm config get registry).",
  });
}

/** Folders of the packages that make up the product: all that are compiled but the tests. */
function productFolders() {
  const { references } = readJson(join(root, "tsconfig.json"));
  return references.map(({ path }) => path).filter((folder) => folder !== "test");
}

/**
 * Compiles what changed.
 * @param folders packages to compile with what they need; none means all
 * @param quiet whether to tell the user only where it fails
 */
async function build(folders, quiet) {
  const tsc = join(root, "node_modules/@typescript/native/bin/tsc");
  const hint = "The TypeScript sources do not compile.";
  await runStep("building", process.execPath, [tsc, "-b", ...folders], { cwd: root, hint, quiet });
}

/**
 * Installs and builds whatever is missing.
 * @param options `compile`: build as well; `tests`: also build the tests, the benchmark and the quality measurements;
 * `packages`: build these alone, with what they need; `quiet`: say nothing while building
 * @throws Error that says what failed and what to do
 */
export async function bootstrap({ compile = true, tests = false, packages = productFolders(), quiet = false } = {}) {
  checkNode();
  for (const file of generateWorkspaces(root))
    process.stderr.write(`  wrote ${file}, which follows from the packages\n`);
  await install();
  if (compile) await build(tests ? [] : packages, quiet);
}
