import { openSync, readSync } from "node:fs";

/**
 * Reads how long the main thread of a process has computed, which is how long its event loop was kept from other work. Time in which
 * others had the processor does not count, nor do other threads, so that a busy machine hardly changes it.
 * @returns a function that answers in milliseconds
 * @throws Error where the machine does not tell (Linux does)
 */
export function processorTimeOf(pid: number): () => number {
  let file: number;
  try {
    file = openSync(`/proc/${pid}/task/${pid}/schedstat`, "r");
  } catch (thrown) {
    throw new Error("The time of a thread cannot be read here; Linux tells it.", { cause: thrown });
  }
  const buffer = Buffer.alloc(64);
  return () => {
    const length = readSync(file, buffer, 0, buffer.length, 0);
    const text = buffer.toString("latin1", 0, length);
    return Number(text.slice(0, text.indexOf(" "))) / 1e6;
  };
}
