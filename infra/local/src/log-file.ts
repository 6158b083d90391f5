import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A log that grows beyond this many bytes is set aside as `<name>.log.1`; what was called so becomes `<name>.log.2`, and so on. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;
/** Logs of a process that are set aside; the oldest is removed. */
const KEPT_LOGS = 4;
/** Milliseconds until a log that could not be written is tried again. */
const RETRY_MS = 5_000;
/** Lines kept in memory to show when the process ends unexpectedly. */
const TAIL_LINES = 15;
/** pino's number for "warn". */
const WARN = 40;

/** Where lines go, and who is told about them. */
export interface LogFileOptions {
  /** Folder of the file. */
  readonly folder: string;
  /** The process, which names the file. */
  readonly name: string;
  /** Called with the message of each line logged as warning or worse, and when the file cannot be written. */
  readonly onProblem: (message: string) => void;
  /** When it is set aside, and for how long. */
  readonly rotation?: LogRotation;
}

/** How logs are kept from growing without end. */
export interface LogRotation {
  /** Bytes beyond which a file is set aside, while its process goes on with a new one; default 10 MiB. */
  readonly maxBytes?: number;
  /** Files that are set aside, besides the one that is written; default 4, 0 keeps none. */
  readonly kept?: number;
}

/**
 * One process's output: all of it in a file, its end in memory, its warnings and errors passed on. On a full disk lines are
 * dropped until there is room again: nothing else may suffer from a log that cannot be written.
 */
export class LogFile {
  /** Where the file is. */
  readonly path: string;
  readonly #tail: string[] = [];
  readonly #onProblem: (message: string) => void;
  readonly #maxBytes: number;
  readonly #kept: number;
  #file: number | undefined;
  #bytes = 0;
  #dropped = 0;
  #retryAt = 0;
  #closed = false;

  constructor({ folder, name, onProblem, rotation = {} }: LogFileOptions) {
    this.path = path.join(folder, `${name}.log`);
    this.#onProblem = onProblem;
    this.#maxBytes = rotation.maxBytes ?? MAX_LOG_BYTES;
    this.#kept = rotation.kept ?? KEPT_LOGS;
  }

  /** The last lines, newest last. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  /** Collects a stream's lines until it ends. */
  collect(stream: Readable): void {
    createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => this.write(line));
  }

  /** Ends the file; lines that come later are dropped. */
  close(): void {
    this.#closed = true;
    this.#closeFile();
  }

  /** Takes one line, without its line break. */
  write(line: string): void {
    if (this.#closed) return;
    this.#append(line);
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    const problem = problemIn(line);
    if (problem !== undefined) this.#onProblem(problem);
  }

  #append(line: string): void {
    if (this.#dropped > 0 && performance.now() < this.#retryAt) {
      this.#dropped++;
      return;
    }
    try {
      if (this.#dropped > 0) this.#writeOut(`(${this.#dropped} lines are missing: the log could not be written)`);
      this.#dropped = 0;
      this.#writeOut(line);
    } catch (error) {
      if (this.#dropped === 0) {
        this.#onProblem(
          `the log cannot be written (${(error as Error).message}); its lines are dropped until it can be`,
        );
      }
      this.#dropped++;
      this.#retryAt = performance.now() + RETRY_MS;
      this.#closeFile();
    }
  }

  /** Writes a line at once: the lines of a process that is about to be killed matter most. */
  #writeOut(line: string): void {
    if (this.#file === undefined) this.#bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    if (this.#bytes > this.#maxBytes) {
      this.#closeFile();
      this.#setAside();
      this.#bytes = 0;
    }
    this.#file ??= openSync(this.path, "a", 0o600);
    this.#bytes += writeSync(this.#file, `${line}\n`);
  }

  #setAside(): void {
    for (let number = this.#kept; number > 1; number--) {
      const older = `${this.path}.${number - 1}`;
      if (existsSync(older)) renameSync(older, `${this.path}.${number}`);
    }
    if (this.#kept > 0) renameSync(this.path, `${this.path}.1`);
    else rmSync(this.path);
  }

  #closeFile(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
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
