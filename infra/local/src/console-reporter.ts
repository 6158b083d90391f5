import { clearLine, cursorTo } from "node:readline";
import pc from "picocolors";
import type { SupervisorEvent } from "./supervisor.js";

/** Where lines go; progress bars put themselves in between. */
export type WriteLine = (line: string) => void;

/** Shows what the supervisor does: one line an event, and in a terminal one line that changes for long steps. */
export class ConsoleReporter {
  readonly #stream: NodeJS.WriteStream;
  #transient = false;
  #quiet = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** Writes a line that stays. */
  readonly line: WriteLine = (text) => {
    this.#clear();
    this.#stream.write(`${text}\n`);
  };

  /** From now on, or until false, only problems are shown: while everything is being stopped, say. */
  set quiet(quiet: boolean) {
    this.#quiet = quiet;
  }

  /** Shows one event; give it to the supervisor as `onEvent`. */
  readonly event = (event: SupervisorEvent): void => {
    switch (event.kind) {
      case "ready":
        if (!this.#quiet)
          this.line(`  ${pc.green("✓")} ${event.name.padEnd(21)} ${(event.afterMs / 1000).toFixed(1)} s`);
        return;
      case "ended":
        for (const words of event.ending.lastWords.slice(-5)) this.line(pc.dim(`    ${words}`));
        this.line(
          `  ${pc.yellow("!")} ${event.name} ended (${event.ending.how}); starting it again in ${event.retryInMs / 1000} s`,
        );
        return;
      case "hung":
        this.line(`  ${pc.yellow("!")} ${event.name} has not answered for a minute; it is killed`);
        return;
      case "problem":
        this.line(`  ${pc.yellow("!")} ${event.name}: ${event.message}`);
        return;
      case "port":
        this.line(
          `  ${pc.yellow("!")} port ${event.chosen.wanted} is busy; ${event.chosen.name} takes ${event.chosen.port} instead`,
        );
        return;
      case "progress":
        this.#progress(`  ${event.message}`);
        return;
      case "stopped":
        return;
    }
  };

  /** Replaces the changing line; without a terminal every text is a line, unless it equals the one before. */
  #progress(text: string): void {
    if (!this.#stream.isTTY) return this.line(text);
    this.#clear();
    this.#stream.write(text.slice(0, (this.#stream.columns || 80) - 1));
    this.#transient = true;
  }

  #clear(): void {
    if (!this.#transient) return;
    clearLine(this.#stream, 0);
    cursorTo(this.#stream, 0);
    this.#transient = false;
  }
}
