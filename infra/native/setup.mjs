/**
 * Makes the native TensorFlow backend available where the stock addon of tfjs-node could not be downloaded: takes the
 * TensorFlow library out of a Python wheel, keeps it in `.cache/`, and builds the addon against it. Safe to run again:
 * what is there is used. `--check` only says which backend is available. Without it everything runs on WebAssembly.
 */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import console from "node:console";
import { run, works } from "./run.mjs";
import { ensureLibrary, LIBRARIES, TENSORFLOW } from "./tensorflow-library.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const packageFolder = join(root, "node_modules/@tensorflow/tfjs-node");
const addon = join(packageFolder, "lib/napi-v8/tfjs_binding.node");
const libraryFolder = join(root, `.cache/tensorflow-${TENSORFLOW.version}`);
const started = performance.now();
const say = (text) => console.log(`native backend: ${text}`);

/** Loads the addon in a process of its own and multiplies two matrices with it; undefined means it works. */
async function whyNotNative() {
  const script = `const tf = require("@tensorflow/tfjs-node");
    if (tf.getBackend() !== "tensorflow") throw new Error("the active backend is " + tf.getBackend());
    const [sum] = tf.matMul([[1, 2]], [[3], [4]]).dataSync();
    if (sum !== 11) throw new Error("1 * 3 + 2 * 4 gave " + sum);`;
  try {
    await run(process.execPath, ["-e", script], {
      cwd: join(root, "recipe-services/kit/tensorflow"),
      env: { TF_CPP_MIN_LOG_LEVEL: "2" },
    });
    return undefined;
  } catch (error) {
    return /Error: .*/.exec(error.message)?.[0] ?? error.message;
  }
}

/** Every missing build tool at once, so that one look is enough. */
async function requireTools(needPip) {
  const tools = [
    ["python3", ["--version"], "Python 3"],
    ["g++", ["--version"], "a C++ compiler (g++)"],
    ["make", ["--version"], "make"],
    ...(needPip ? [["python3", ["-m", "pip", "--version"], "pip for python3"]] : []),
  ];
  const missing = [];
  for (const [command, args, name] of tools) if (!(await works(command, args))) missing.push(name);
  if (missing.length > 0) {
    throw new Error(
      `not found: ${missing.join(", ")}. On Debian or Ubuntu: apt-get install python3 python3-pip g++ make`,
    );
  }
}

/** npm drops an optional package whose install script failed; this puts its JavaScript back, scripts not run. */
async function restorePackage() {
  if (existsSync(join(packageFolder, "package.json"))) return;
  say("putting the package @tensorflow/tfjs-node back");
  await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: root });
}

/** The layout the addon's build and its run path expect, made of links into the cache. */
async function linkLibrary() {
  const lib = join(packageFolder, "deps/lib");
  await rm(join(packageFolder, "deps"), { recursive: true, force: true });
  await mkdir(lib, { recursive: true });
  const link = (target, path) => symlink(relative(dirname(path), target), path);
  await link(join(libraryFolder, "include"), join(packageFolder, "deps/include"));
  for (const library of LIBRARIES) await link(join(libraryFolder, "lib", library), join(lib, library));
  const c = join(lib, "libtensorflow_cc.so.2");
  await link(c, join(lib, "libtensorflow.so"));
  // The package's own install script skips its download when a file of this name exists.
  await link(c, join(lib, "libtensorflow.so.2.9.1"));
  await link(join(lib, "libtensorflow_framework.so.2"), join(lib, "libtensorflow_framework.so"));
}

/** Builds the addon, or takes the one built before: it depends on the package's version, not on Node's (Node-API). */
async function installAddon() {
  const { version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
  const cached = join(libraryFolder, `tfjs_binding-${version}-napi-v8.node`);
  await mkdir(dirname(addon), { recursive: true });
  if (existsSync(cached)) {
    say("using the addon built before");
    await copyFile(cached, addon);
    if ((await whyNotNative()) === undefined) return;
    await rm(cached);
  }
  await requireTools(false);
  say("building the addon (about 10 s)");
  const prefix = dirname(dirname(process.execPath));
  // Without Node's own headers at hand the build would try to download them.
  const env = existsSync(join(prefix, "include/node/node_api.h")) ? { npm_config_nodedir: prefix } : {};
  await run("npm", ["rebuild", "@tensorflow/tfjs-node"], {
    cwd: root,
    env,
    hint: `The addon needs the headers of Node ${process.version}; they were ${env.npm_config_nodedir ? "" : "not "}found under ${prefix}.`,
  });
  if (!existsSync(addon))
    throw new Error(`npm rebuild left no ${relative(root, addon)}; see allowScripts in package.json`);
  await copyFile(addon, `${cached}.${process.pid}`);
  await rename(`${cached}.${process.pid}`, cached);
}

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
try {
  const problem = await whyNotNative();
  if (problem === undefined) {
    say("available, nothing to do");
  } else if (values.check) {
    say(`not available (${problem}); training runs on WebAssembly. "npm run setup:native" builds it`);
  } else {
    if (!existsSync(join(libraryFolder, "complete"))) await requireTools(true);
    await restorePackage();
    await ensureLibrary(libraryFolder, say);
    await linkLibrary();
    await installAddon();
    const remaining = await whyNotNative();
    if (remaining !== undefined) throw new Error(`built, but it does not load: ${remaining}`);
    say(`available: TensorFlow ${TENSORFLOW.version}, ready in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
} catch (error) {
  console.error(
    `native backend: not set up: ${error.message}\nTraining runs on WebAssembly without it, about four times slower.`,
  );
  process.exitCode = 1;
}
