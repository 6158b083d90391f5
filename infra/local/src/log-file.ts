import { createWriteStream, existsSync, renameSync, statSync, type WriteStream } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A log beyond this many bytes is set aside as `<name>.log.1` when its process starts. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;
/** Lines kept in memory to show when the process ends unexpectedly. */
const TAIL_LINES = 15;
/** pino's number for "warn". */
const WARN = 40;

/** One process's output: all of it in a file, its end in memory, its warnings and errors passed on. */
export class LogFile {
  /** Where the file is. */
  readonly path: string;
  readonly #stream: WriteStream;
  readonly #tail: string[] = [];
  readonly #onProblem: (message: string) => void;

  /**
   * @param folder where the file goes
   * @param name the process, which names the file
   * @param onProblem called with the message of each line logged as warning or worse
   */
  constructor(folder: string, name: string, onProblem: (message: string) => void) {
    this.path = path.join(folder, `${name}.log`);
    if (existsSync(this.path) && statSync(this.path).size > MAX_LOG_BYTES) renameSync(this.path, `${this.path}.1`);
    this.#stream = createWriteStream(this.path, { flags: "a" });
    this.#onProblem = onProblem;
  }

  /** The last lines, newest last. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  /** Collects a stream's lines until it ends. */
  collect(stream: Readable): void {
    createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => this.write(line));
  }

  /** Writes out what is left; lines that come later are dropped. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }

  /** Takes one line, without its line break. */
  write(line: string): void {
    if (this.#stream.writableEnded) return;
    this.#stream.write(`${line}\n`);
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    const problem = problemIn(line);
    if (problem !== undefined) this.#onProblem(problem);
  }
}

/** The message of a structured log line that is a warning or worse; undefined for any other line. */
function problemIn(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { level, msg, err } = JSON.parse(line) as { level?: number; msg?: string; err?: { message?: string } };
    if (level === undefined || level < WARN) return undefined;
    return err?.message ? `${msg ?? "error"}: ${err.message}` : msg;
  } catch {
    return undefined;
  }
}
