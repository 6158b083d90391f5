import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { arch, platform } from "node:os";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { messageOf } from "./errors.js";
import type { ResolvedOptions } from "./options.js";

const run = promisify(execFile);

/**
 * Downloads the archive of `mongod` for this machine, checks its SHA-256 and puts the program into `folder`.
 *
 * mongodb-memory-server-core knows which archive fits which system. Its own downloader is not used: it checks
 * an MD5 and skips the verification of TLS certificates by default. Here the vendor's SHA-256 is fetched over
 * verified TLS, first, which is also the check that the host can be reached at all.
 * Throws a plain Error with the reason; nothing is left in `folder` then.
 */
export async function fetchMongod(folder: string, options: ResolvedOptions): Promise<void> {
  const url = await archiveUrl(options);
  const expected = await fetchChecksum(`${url}.sha256`, options.download.timeoutMs);
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.part-`);
  try {
    const archive = join(work, basename(url));
    const actual = await download(url, archive, options);
    if (actual !== expected) throw new Error(`${url} has SHA-256 ${actual}, but its vendor says ${expected}`);
    await extractMongod(archive, work);
    await rm(archive);
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
}

async function archiveUrl({ download: { version, mirror } }: ResolvedOptions): Promise<string> {
  const { MongoBinaryDownloadUrl } = await import("mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js");
  const { getOS } = await import("mongodb-memory-server-core/lib/util/getos/index.js");
  const system = { platform: platform(), arch: arch(), os: await getOS() };
  const vendor = await new MongoBinaryDownloadUrl({ version, ...system }).getDownloadUrl();
  if (mirror === undefined) return vendor;
  return mirror.replace(/\/$/, "") + new URL(vendor).pathname;
}

async function fetchChecksum(url: string, timeoutMs: number): Promise<string> {
  let text: string;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    text = await response.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`${new URL(url).host} gave no checksum: ${messageOf(cause)}`, { cause: error });
  }
  const checksum = /^[0-9a-f]{64}\b/i.exec(text.trim())?.[0];
  if (checksum === undefined) throw new Error(`${url} is not a SHA-256 checksum`);
  return checksum.toLowerCase();
}

/** Writes the body at `url` to `path` and returns its SHA-256 in hexadecimal. */
async function download(url: string, path: string, options: ResolvedOptions): Promise<string> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`${url} answered with HTTP status ${response.status}`);
  const total = Number(response.headers.get("content-length") ?? 0);
  const hash = createHash("sha256");
  let done = 0;
  let reported = 0;
  const watch = async function* (body: AsyncIterable<Uint8Array>) {
    for await (const chunk of body) {
      hash.update(chunk);
      done += chunk.length;
      if (done - reported > 5e6) {
        reported = done;
        const message = `downloading mongod ${options.download.version} (${Math.round(done / 1e6)} MB)`;
        options.onProgress({
          step: "downloaded-mongod",
          message,
          ...(total > 0 && { fraction: Math.min(1, done / total) }),
        });
      }
      yield chunk;
    }
  };
  await pipeline(response.body as AsyncIterable<Uint8Array>, watch, createWriteStream(path));
  return hash.digest("hex");
}

/** Takes bin/mongod out of the archive, with the system's tar, which reads the vendor's archives on every platform. */
async function extractMongod(archive: string, folder: string): Promise<void> {
  const listing = await run("tar", ["-tzf", archive], { maxBuffer: 16 << 20 });
  const entry = listing.stdout.split("\n").find((line) => /^[^/]+\/bin\/mongod$/.test(line));
  if (entry === undefined) throw new Error(`${basename(archive)} holds no bin/mongod`);
  await run("tar", ["-xzf", archive, "-C", folder, "--strip-components=2", entry]);
  await chmod(join(folder, "mongod"), 0o755);
}
