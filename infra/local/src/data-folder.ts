import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

/** Who holds a data folder, as its lock file says. */
interface Holder {
  readonly pid: number;
  /** When that process was started, in clock ticks since the machine was; empty where the system does not say. */
  readonly startTime: string;
}

/** A data folder that this process alone uses until `release`. */
export interface DataFolder {
  /** Absolute path. */
  readonly path: string;
  /** Where logs go. */
  readonly logs: string;
  /** Where the embedded MongoDB keeps its files. */
  readonly mongo: string;
  /** Where the datasets service keeps files on their way into the database. */
  readonly work: string;
  /** Lets another process use the folder. */
  release(): void;
}

/** When a process was started, from Linux's /proc; empty when it does not exist or the system has no /proc. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the program's name in parentheses, may hold spaces; field 22 is counted from behind it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // The same number may meanwhile belong to another process.
  return startTimeOf(holder.pid) === holder.startTime;
}

function readHolder(lockPath: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lockPath, "utf8")) as Holder;
  } catch {
    return undefined; // gone, or cut short by a crash: nobody holds it
  }
}

/**
 * Makes a data folder when it is missing and takes it for this process. A lock left by a process that was killed is
 * taken over.
 * @throws Error when another running process uses the folder
 */
export function openDataFolder(folder: string): DataFolder {
  const root = path.resolve(folder);
  const [logs, mongo, work] = ["logs", "mongo", "work"].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [logs, mongo, work]) mkdirSync(each, { recursive: true });
  const lockPath = path.join(root, "palate.lock");
  for (;;) {
    try {
      const file = openSync(lockPath, "wx");
      writeSync(file, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) } satisfies Holder));
      closeSync(file);
      return { path: root, logs, mongo, work, release: () => rmSync(lockPath, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const holder = readHolder(lockPath);
      if (holder && isAlive(holder)) {
        throw new Error(
          `Palate is running already on ${root} (process ${holder.pid}). Use it, stop it, or give this one a folder of its own with --data.`,
          { cause: error },
        );
      }
      rmSync(lockPath, { force: true });
    }
  }
}
