import { accessSync, chmodSync, constants, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { LockHeld, takeLock } from "./lock-file.js";
import { socketIn } from "./mongo-socket.js";

/** A data folder that this process alone uses until `release`. */
export interface DataFolder {
  /** Absolute path. */
  readonly path: string;
  /** Where logs go. */
  readonly logs: string;
  /** Where the embedded MongoDB keeps its files. */
  readonly mongo: string;
  /** Path of the file on which the embedded MongoDB listens. */
  readonly mongoSocket: string;
  /** Where the datasets service keeps files on their way into the database. */
  readonly work: string;
  /** Lets another process use the folder. */
  release(): void;
}

/** Folders and files of people's data are nobody else's to read. */
const ONLY_ME = 0o700;

/** The path itself when it is there, else the nearest folder above that is. */
function nearest(file: string): string {
  return existsSync(file) ? file : nearest(path.dirname(file));
}

/**
 * Makes a data folder when it is missing and takes it for this process. A lock left by a process that was killed is
 * taken over.
 * @throws Error when another running process uses the folder, or it cannot be written
 */
export function openDataFolder(folder: string): DataFolder {
  const root = path.resolve(folder);
  const [logs, mongo, work] = ["logs", "mongo", "work"].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  try {
    // Where a disk is read-only, making a folder with those above it is told as if they were missing.
    accessSync(nearest(root), constants.W_OK);
    for (const each of [logs, mongo, work]) mkdirSync(each, { recursive: true, mode: ONLY_ME });
    // One that was there before may be open to others.
    chmodSync(root, ONLY_ME);
    const unlock = takeLock(path.join(root, "palate.lock"));
    const socket = socketIn(mongo);
    const release = (): void => {
      socket.remove();
      unlock();
    };
    return { path: root, logs, mongo, mongoSocket: socket.path, work, release };
  } catch (error) {
    if (error instanceof LockHeld) {
      throw new Error(
        `Palate is running already on ${root} (process ${error.pid}). Use it, stop it, or give this one a folder of its own with --data.`,
        { cause: error },
      );
    }
    const reason = (error as Error).message;
    throw new Error(
      `Palate cannot write to its data folder ${root} (${reason}). Make it writable for this user, or choose another with --data.`,
      { cause: error },
    );
  }
}
