/** Fetches the TensorFlow C library (two shared objects and the headers the addon includes) into a folder that lasts. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import process from "node:process";
import { pipeline } from "node:stream/promises";
import { run } from "./run.mjs";
import { openWheel } from "./wheel.mjs";

/** The wheel whose library is used: the smallest one that needs only an old glibc; as fast as newer ones. */
export const TENSORFLOW = {
  package: "tensorflow-cpu",
  version: "2.15.1",
  sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
};
/** The names the loader looks for, as they lie in the wheel. */
export const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
/** What the addon's sources include; everything else follows from these. */
const ROOT_HEADERS = [
  "tensorflow/c/c_api.h",
  "tensorflow/c/eager/c_api.h",
  "tensorflow/c/tf_datatype.h",
  "tensorflow/core/platform/ctstring_internal.h",
];
const INCLUDE_ROOTS = ["tensorflow/include/", "tensorflow/include/external/local_tsl/"];

/** Makes sure `folder` holds `include/` and `lib/`; does nothing when it does. Returns true when it had to download. */
export async function ensureLibrary(folder, say) {
  if (existsSync(join(folder, "complete"))) return false;
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `the wheel ${TENSORFLOW.package} ${TENSORFLOW.version} is for Linux on x64, this is ${process.platform} on ${process.arch}`,
    );
  }
  const download = join(dirname(folder), `download-${process.pid}`);
  const staging = `${folder}.${process.pid}`;
  try {
    say(`downloading ${TENSORFLOW.package} ${TENSORFLOW.version} (207 MB) with pip`);
    const wheel = await downloadWheel(download);
    say(`extracting ${LIBRARIES.length} libraries and the headers`);
    await extract(wheel, staging);
    await rm(folder, { recursive: true, force: true });
    // The rename comes last and is atomic, so a folder with this name is always whole.
    await rename(staging, folder);
  } finally {
    await rm(download, { recursive: true, force: true });
    await rm(staging, { recursive: true, force: true });
  }
  return true;
}

async function downloadWheel(folder) {
  const target = [
    "--implementation",
    "cp",
    "--python-version",
    "3.11",
    "--abi",
    "cp311",
    "--platform",
    "manylinux2014_x86_64",
  ];
  const requirement = `${TENSORFLOW.package}==${TENSORFLOW.version}`;
  const pip = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    ...target,
    "-d",
    folder,
    requirement,
  ];
  await mkdir(folder, { recursive: true });
  await run("python3", pip, {
    hint: `pip could not download ${requirement}; check the network, or pip's index settings (pip config list)`,
  });
  const name = (await readdir(folder)).find((entry) => entry.endsWith(".whl"));
  if (!name) throw new Error(`pip reported success but left no wheel in ${folder}`);
  const wheel = join(folder, name);
  const found = await sha256(wheel);
  if (found !== TENSORFLOW.sha256) {
    throw new Error(`${name} has SHA-256 ${found}, expected ${TENSORFLOW.sha256}; the package index gave another file`);
  }
  return wheel;
}

async function sha256(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function extract(path, folder) {
  const wheel = await openWheel(path);
  try {
    for (const library of LIBRARIES) await wheel.extract(`tensorflow/${library}`, join(folder, "lib", library));
    const names = new Set(wheel.names);
    const pending = [...ROOT_HEADERS];
    const seen = new Set(pending);
    while (pending.length > 0) {
      const header = pending.pop();
      const member = INCLUDE_ROOTS.map((root) => root + header).find((name) => names.has(name));
      if (!member) continue; // a system header written with quotes
      await wheel.extract(member, join(folder, "include", header));
      for (const [, included] of (await wheel.text(member)).matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
        const next = posix.normalize(included);
        if (!seen.has(next)) pending.push(next);
        seen.add(next);
      }
    }
    await writeFile(join(folder, "complete"), `${TENSORFLOW.package} ${TENSORFLOW.version}\n`);
  } finally {
    await wheel.close();
  }
}
