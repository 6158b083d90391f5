import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while this process holds the lock file at `path`; another process that wants the same waits.
 * The lock of a process that no longer exists is broken. It saves double work and is not a safeguard: `work`
 * must be harmless when two run it, and must look first whether it was done in the meantime.
 */
export async function withBuildLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  while (!(await take(path))) {
    const owner = Number(await readFile(path, "utf8").catch(() => "0"));
    // An empty file is between its creation and its owner's writing; it counts as held for one round.
    if (owner > 0 && !isAlive(owner)) await rm(path, { force: true });
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
