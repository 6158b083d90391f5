import { readFileSync } from "node:fs";

/** Memory of one process in MiB; NaN where the system has no /proc. */
export interface Memory {
  /** What it occupies now. */
  readonly residentMib: number;
  /** The most it ever occupied. */
  readonly peakMib: number;
}

/** Memory of a process of this machine. */
export function memoryOf(pid: number): Memory {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? NaN);
    return { residentMib: kib("VmRSS") / 1024, peakMib: kib("VmHWM") / 1024 };
  } catch {
    return { residentMib: NaN, peakMib: NaN };
  }
}
