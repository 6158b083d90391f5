import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineKind } from "./options.js";
import { MongoLauncherError } from "./errors.js";

/** The name of the file in a data directory that says which engine its data belongs to. */
const ENGINE_FILE = "engine.json";

/** What engine.json holds. */
export interface EngineRecord {
  readonly engine: Exclude<EngineKind, "external">;
  /** The newest server version that has run on the data. */
  readonly version: string;
  /** Layout of the data, see PreparedEngine.format. */
  readonly format: string;
}

/** Reads engine.json; undefined for a directory without one. Throws `data_dir_mismatch` when it is unreadable. */
export async function readEngineFile(dataDir: string): Promise<EngineRecord | undefined> {
  const path = join(dataDir, ENGINE_FILE);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { engine, version, format } = JSON.parse(text) as Record<string, unknown>;
    if ((engine === "mongod" || engine === "ferretdb") && typeof version === "string" && typeof format === "string") {
      return { engine, version, format };
    }
  } catch {
    // Not JSON: reported below like any other content that is not ours.
  }
  throw new MongoLauncherError(
    "data_dir_mismatch",
    `${path} is not a record of the engine that wrote this data (expected engine, version and format). ` +
      `Restore it from a backup, or use another data directory.`,
  );
}

/** Throws `data_dir_mismatch` unless `next` may open data that `found` describes. */
export function checkEngineRecord(dataDir: string, found: EngineRecord, next: EngineRecord): void {
  const name = (r: EngineRecord) => `${r.engine} ${r.version} (format ${r.format})`;
  const refuse = (remedy: string) => {
    const message = `${dataDir} holds data of ${name(found)}, which ${name(next)} must not open. ${remedy}`;
    throw new MongoLauncherError("data_dir_mismatch", message);
  };
  if (found.engine !== next.engine || found.format !== next.format) {
    refuse(`Use ${found.engine} again, or another data directory; to change engines, export and import the data.`);
  }
  if (compareVersions(next.version, found.version) < 0) {
    refuse(`Use version ${found.version} or newer: data is never opened by an older server than the last one.`);
  }
}

/**
 * Records `record` in a data directory. With `claim`, the file must not exist yet, so that of two launchers on
 * one fresh directory only one decides; returns false for the other one.
 */
export async function writeEngineFile(dataDir: string, record: EngineRecord, claim: boolean): Promise<boolean> {
  try {
    const text = `${JSON.stringify(record, null, 2)}\n`;
    await writeFile(join(dataDir, ENGINE_FILE), text, { flag: claim ? "wx" : "w" });
    return true;
  } catch (error) {
    if (claim && (error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Takes back a claim whose engine never started. */
export async function removeEngineFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, ENGINE_FILE), { force: true });
}

/** Compares dotted version numbers: negative when `a` is older. Anything after the numbers is ignored. */
function compareVersions(a: string, b: string): number {
  const parts = (v: string) => (/^\d+(\.\d+)*/.exec(v)?.[0] ?? "0").split(".").map(Number);
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
