import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from "node:fs/promises";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { withBuildLock } from "./build-lock.js";
import { isExecutable } from "./find-on-path.js";
import type { ResolvedOptions } from "./options.js";

/** The Go module of the embedded engine. */
const SOURCES = fileURLToPath(new URL("../engine", import.meta.url));

/** The name of the built program. */
const PROGRAM = "palate-engine";

/** Where the engine built from the present sources lies, or will lie: one folder for each state of the sources. */
export async function embeddedBinaryPath(cacheDir: string): Promise<string> {
  const hash = createHash("sha256").update(`${platform()} ${arch()}\n`);
  const names = (await readdir(SOURCES)).filter((n) => /\.go$|^go\.(mod|sum)$/.test(n) && !n.endsWith("_test.go"));
  for (const name of names.sort()) {
    const content = await readFile(join(SOURCES, name));
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  return join(cacheDir, "engine", hash.digest("hex").slice(0, 16), PROGRAM);
}

/**
 * Builds the embedded engine into the cache folder unless it is there, and returns its path. A first build
 * downloads about 120 MB of modules and takes a minute or two. Throws with the compiler's last words.
 */
export async function buildEmbedded(go: string, options: ResolvedOptions): Promise<string> {
  const binary = await embeddedBinaryPath(options.cacheDir);
  if (await isExecutable(binary)) return binary;
  const folder = dirname(binary);
  await withBuildLock(`${folder}.lock`, async () => {
    if (await isExecutable(binary)) return;
    await mkdir(folder, { recursive: true });
    const work = await mkdtemp(join(folder, "part-"));
    try {
      await compile(go, join(work, PROGRAM), options);
      await rename(join(work, PROGRAM), binary);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return binary;
}

async function compile(go: string, output: string, options: ResolvedOptions): Promise<void> {
  const args = ["build", "-v", "-buildvcs=false", "-tags", "ferretdb_no_postgresql", "-trimpath", "-ldflags=-s -w"];
  const env = { ...options.env, CGO_ENABLED: "0", GOWORK: "off" };
  const child = spawn(go, [...args, "-o", output, "."], { cwd: SOURCES, env, stdio: ["ignore", "ignore", "pipe"] });
  options.onProgress({ step: "embedded", message: "building the embedded engine (the first time takes a minute)" });
  const lastWords: string[] = [];
  let packages = 0;
  createInterface({ input: child.stderr }).on("line", (line) => {
    options.log(line);
    lastWords.push(line);
    if (lastWords.length > 8) lastWords.shift();
    if (line.startsWith("go: downloading ")) {
      options.onProgress({ step: "embedded", message: line.slice("go: ".length) });
    } else if (++packages % 25 === 0) {
      options.onProgress({ step: "embedded", message: `compiling the embedded engine (${packages} packages)` });
    }
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`go build failed with status ${code}:\n${lastWords.join("\n")}`);
}
