import { createInterface } from "node:readline";

/** A line of a stream. */
export interface Line {
  /** Counts from 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a stream in batches, empty ones left out: full batches while lines come fast, what there is when they come
 * slowly. While a batch is being worked on, nothing more than that is read.
 * @param size lines in a batch
 * @param idleMs milliseconds that a line waits for others at most
 * @param signal ends the batches; lines that are in none yet are in none then
 */
export async function* batchesOf(
  input: NodeJS.ReadableStream,
  size: number,
  idleMs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Line[]> {
  const reader = createInterface({ input, crlfDelay: Infinity });
  const waiting: Line[] = [];
  let [number, closed, due] = [0, false, false];
  let timer: NodeJS.Timeout | undefined;
  let failure: Error | undefined;
  let wake = (): void => {};
  reader.on("line", (text) => {
    number++;
    if (text.trim() === "") return;
    waiting.push({ number, text });
    if (waiting.length >= size) {
      reader.pause();
      wake();
    } else {
      timer ??= setTimeout(() => {
        due = true;
        wake();
      }, idleMs);
    }
  });
  reader.on("close", () => {
    closed = true;
    wake();
  });
  input.on("error", (error: Error) => {
    failure = error;
    wake();
  });
  const stop = (): void => reader.close();
  signal.addEventListener("abort", stop);
  try {
    for (;;) {
      if (waiting.length < size && !closed && !due) await new Promise<void>((resolve) => (wake = resolve));
      if (failure) throw failure;
      if (signal.aborted) return;
      clearTimeout(timer);
      [timer, due] = [undefined, false];
      if (waiting.length > 0) yield waiting.splice(0, size);
      else if (closed) return;
      if (waiting.length < size && !closed) reader.resume();
      due = waiting.length > 0;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    reader.close();
  }
}
