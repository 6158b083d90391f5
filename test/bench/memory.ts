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

/** Processor seconds that a process has used so far; NaN where the system has no /proc. */
export function cpuSecondsOf(pid: number): number {
  try {
    // Behind the name, which is in brackets and may hold spaces: the 12th and 13th field, in hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}
