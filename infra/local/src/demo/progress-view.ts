import { MultiBar, Presets, type SingleBar } from "cli-progress";
import pc from "picocolors";
import type { WriteLine } from "../console-reporter.js";

/** How far one long step is. */
interface ProgressState {
  /** Share done, 0 to 1. */
  readonly fraction: number;
  /** What is being done: "training", "evaluating". */
  readonly phase: string;
  /** Estimated seconds left; undefined when unknown. */
  readonly secondsLeft: number | undefined;
}

/** Shows how far several steps are: bars in a terminal, a line now and then elsewhere. */
export interface ProgressView {
  /** Shows the present state of a step. */
  update(step: string, state: ProgressState): void;
  /** Shows that a step is done; `result` says what came of it. */
  done(step: string, result: string): void;
  /** Takes the bars away. */
  close(): void;
}

/** Shares of the way at which a line is written where there are no bars. */
const LINE_EVERY = 0.25;

/** The view that suits the stream. `steps` are the names, in the order in which they are shown. */
export function progressView(steps: readonly string[], stream: NodeJS.WriteStream, line: WriteLine): ProgressView {
  return stream.isTTY ? new Bars(steps, stream, line) : new Lines(line);
}

function timeLeft(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  return seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`;
}

class Bars implements ProgressView {
  readonly #multi: MultiBar;
  readonly #bars = new Map<string, SingleBar>();
  readonly #results: string[] = [];
  readonly #line: WriteLine;

  constructor(steps: readonly string[], stream: NodeJS.WriteStream, line: WriteLine) {
    this.#line = line;
    const format = `  {name} ${pc.cyan("{bar}")} {percentage}%  {detail}`;
    this.#multi = new MultiBar(
      { format, stream, barsize: 30, hideCursor: true, clearOnComplete: true, fps: 10, autopadding: true },
      Presets.shades_classic,
    );
    for (const name of steps)
      this.#bars.set(name, this.#multi.create(1, 0, { name: name.padEnd(10), detail: "waiting" }));
  }

  update(step: string, { fraction, phase, secondsLeft }: ProgressState): void {
    const left = timeLeft(secondsLeft);
    this.#bars.get(step)?.update(Math.min(1, fraction), { detail: left ? `${phase}, ${left}` : phase });
  }

  done(step: string, result: string): void {
    this.#bars.get(step)?.update(1, { detail: result });
    this.#results.push(`  ${pc.green("✓")} ${step.padEnd(10)} ${result}`);
  }

  close(): void {
    this.#multi.stop();
    for (const result of this.#results) this.#line(result);
  }
}

class Lines implements ProgressView {
  readonly #shown = new Map<string, number>();
  readonly #line: WriteLine;

  constructor(line: WriteLine) {
    this.#line = line;
  }

  update(step: string, { fraction, phase, secondsLeft }: ProgressState): void {
    const shown = this.#shown.get(step) ?? 0;
    if (fraction < shown + LINE_EVERY) return;
    this.#shown.set(step, fraction);
    const details = [`${Math.round(fraction * 100)} %`, phase, timeLeft(secondsLeft)].filter((part) => part !== "");
    this.#line(`  ${step.padEnd(10)} ${details.join(", ")}`);
  }

  done(step: string, result: string): void {
    this.#line(`  ${pc.green("✓")} ${step.padEnd(10)} ${result}`);
  }

  close(): void {}
}
