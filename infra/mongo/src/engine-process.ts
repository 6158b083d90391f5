import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** How a process ended. */
export interface ProcessExit {
  /** Exit status, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long a process gets to stop cleanly before it is killed, in milliseconds. */
const STOP_TIMEOUT = 15_000;

/** How many of the last lines of output are kept for error messages. */
const KEPT_LINES = 12;

/** A server process that never outlives its parent for long, with its last words at hand. */
export class EngineProcess {
  /** Settles when the process has ended and its output is complete. */
  readonly exited: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #ended = false;

  private constructor(child: ChildProcess, onLine: (line: string) => void) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        this.#lines.push(line);
        if (this.#lines.length > KEPT_LINES) this.#lines.shift();
        onLine(line);
      });
    }
    this.exited = new Promise((resolve) => {
      child.on("close", (code, signal) => {
        this.#ended = true;
        resolve({ code, signal });
      });
    });
  }

  /**
   * Starts `command` in a session of its own, so that Ctrl-C in a terminal reaches the parent only and the
   * services can finish their writes first. Its standard input is a pipe that ends when this process does.
   * Rejects when the command cannot be executed.
   */
  static async spawn(
    command: string,
    args: readonly string[],
    options: { env: NodeJS.ProcessEnv; onLine: (line: string) => void },
  ): Promise<EngineProcess> {
    const child = spawn(command, args, { env: options.env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    const engine = new EngineProcess(child, options.onLine);
    child.stdin?.on("error", () => {}); // the process ended first; `exited` tells
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.on("error", () => {}); // a signal that could not be sent: `exited` tells what matters
    return engine;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The last lines the process printed, for error messages. */
  get lastWords(): string {
    return this.#lines.join("\n");
  }

  /** Asks the process to stop, waits, and kills it when it takes longer than 15 s. Safe to call again. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT);
    await this.exited;
    clearTimeout(timer);
  }
}
