import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A disk of a few megabytes, to be filled and emptied. */
export interface SmallDisk {
  /** Where it is mounted. */
  readonly folder: string;
  /** Takes all the room but `leaveBytes`; default 0. */
  fill(leaveBytes?: number): void;
  /** Gives back what `fill` took. */
  empty(): void;
  /** Lets nothing be written any more. */
  makeReadOnly(): void;
  /** Unmounts it, with everything on it. */
  remove(): void;
}

/**
 * Mounts a disk in memory; undefined where this user may not mount, so that tests can be skipped.
 * @param bytes its size
 */
export function mountSmallDisk(bytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), "palate-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const filler = path.join(folder, "filler");
  return {
    folder,
    fill(leaveBytes = 0) {
      const file = openSync(filler, "a");
      const { bavail, bsize } = statfsSync(folder);
      let left = bavail * bsize - leaveBytes;
      try {
        for (const block = Buffer.alloc(64 * 1024, 1); left > 0; left -= block.length)
          writeSync(file, block.subarray(0, Math.min(left, block.length)));
        fsyncSync(file);
      } catch (error) {
        // Others write at the same time: what was left for this file may be less by now.
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
    },
    makeReadOnly: () => void execFileSync("mount", ["-o", "remount,ro", folder], { stdio: "ignore" }),
    empty: () => rmSync(filler, { force: true }),
    remove() {
      execFileSync("umount", ["--lazy", folder], { stdio: "ignore" });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
