import { MultiBar, Presets, type SingleBar } from "cli-progress";
import type { Output } from "./output.js";
import { seconds } from "./words.js";

/** How far a step is. */
interface ProgressState {
  /** Share done, 0 to 1; more counts as 1. */
  readonly fraction: number;
  /** What is being done: "reading", "fitting". */
  readonly doing: string;
  /** Estimated seconds left; null when unknown. */
  readonly secondsLeft?: number | null;
}

/** Shows how far steps are: bars in a terminal; elsewhere, and for programs, nothing but a line when a step is done. */
export interface Progress {
  /** Shows how far a step is; the first time, it appears. */
  update(step: string, state: ProgressState): void;
  /** Takes a step's bar away and writes what came of it. */
  done(step: string, result: string): void;
  /** Writes text of the result above the bars. */
  print(text: string): void;
  /** Takes all bars away, for good. */
  close(): void;
}

/** Progress as suits the output. */
export function progressOf(out: Output): Progress {
  return out.stderr.isTTY && !out.json ? new Bars(out) : new Lines(out);
}

class Bars implements Progress {
  readonly #multi: MultiBar;
  readonly #bars = new Map<string, SingleBar>();
  readonly #out: Output;
  #closed = false;

  constructor(out: Output) {
    this.#out = out;
    const format = `  {name} ${out.noteColors.cyan("{bar}")} {percentage}%  {detail}`;
    this.#multi = new MultiBar(
      { format, stream: out.stderr, barsize: 24, hideCursor: true, clearOnComplete: true, fps: 10, autopadding: true },
      Presets.shades_classic,
    );
  }

  update(step: string, { fraction, doing, secondsLeft = null }: ProgressState): void {
    const detail = secondsLeft === null ? doing : `${doing}, ${seconds(secondsLeft)} left`;
    let bar = this.#bars.get(step);
    if (!bar) {
      bar = this.#multi.create(1, 0, { name: step, detail });
      this.#bars.set(step, bar);
    }
    bar.update(Math.min(1, fraction), { detail });
  }

  done(step: string, result: string): void {
    const bar = this.#bars.get(step);
    if (bar) this.#multi.remove(bar);
    this.#bars.delete(step);
    this.#multi.log(`${doneLine(this.#out, step, result)}\n`);
    if (this.#bars.size === 0) this.#multi.update();
  }

  print(text: string): void {
    // In a terminal both streams share the lines, and only the bars know which are theirs.
    if (this.#out.isTerminal) this.#multi.log(`${text}\n`);
    else this.#out.say(text);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#multi.stop();
  }
}

class Lines implements Progress {
  readonly #out: Output;

  constructor(out: Output) {
    this.#out = out;
  }

  update(): void {}

  done(step: string, result: string): void {
    this.#out.note(doneLine(this.#out, step, result));
  }

  print(text: string): void {
    this.#out.say(text);
  }

  close(): void {}
}

function doneLine(out: Output, step: string, result: string): string {
  return `${out.noteColors.green("✓")} ${step}: ${result}`;
}
