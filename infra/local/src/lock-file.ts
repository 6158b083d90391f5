import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  /** When that process was started, in clock ticks since the machine was; empty where the system does not say. */
  readonly startTime: string;
}

/** A lock that a running process holds. */
export class LockHeld extends Error {
  /** That process. */
  readonly pid: number;

  constructor(lockPath: string, pid: number) {
    super(`${lockPath} is held by process ${pid}.`);
    this.pid = pid;
  }
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
  if (holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // The same number may meanwhile belong to another process.
  return startTimeOf(holder.pid) === holder.startTime;
}

/** The holder that a file names; one that never lived when a crash cut the file short, undefined when there is no file. */
function readHolder(file: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { pid, startTime } = JSON.parse(text) as Partial<Holder>;
    return { pid: Number(pid) || 0, startTime: String(startTime) };
  } catch {
    return { pid: 0, startTime: "" };
  }
}

/** Gives a complete file another name, unless the name is taken. */
function link(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Takes a lock file for this process. A process that was killed leaves its file behind: of those who find it at the same moment
 * one inherits it. Each dead holder has a name of a file for its heir, which only one process can make.
 * @returns lets go of the lock
 * @throws LockHeld when a running process holds it
 */
export function takeLock(lockPath: string): () => void {
  const draft = `${lockPath}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) } satisfies Holder));
  try {
    while (!link(draft, lockPath) && !inherit(draft, lockPath));
    return () => rmSync(lockPath, { force: true });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes the place of a dead holder; false when all is different by now. Throws LockHeld. */
function inherit(draft: string, lockPath: string): boolean {
  const first = readHolder(lockPath);
  const heirs: string[] = [];
  // An heir that died before it was done has an heir itself.
  for (let holder = first; holder !== undefined; holder = readHolder(heirs.at(-1)!)) {
    if (isAlive(holder)) throw new LockHeld(lockPath, holder.pid);
    const heir = `${lockPath}.after-${holder.pid}-${holder.startTime}`;
    heirs.push(heir);
    if (!link(draft, heir)) continue;
    const now = readHolder(lockPath);
    const same = now?.pid === first?.pid && now?.startTime === first?.startTime;
    if (same) renameSync(draft, lockPath);
    // Only now: whoever makes one of these files again finds that the lock has another holder.
    for (const name of same ? heirs : [heir]) rmSync(name, { force: true });
    return same;
  }
  return false;
}
