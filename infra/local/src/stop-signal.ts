/** Signals that ask the whole of Palate to stop. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Ctrl-C often arrives twice, from the terminal and passed on by npm; only a later one means impatience. */
const SAME_KEYSTROKE_MS = 700;

/** How often this process looks whether npm is still there. */
const LOOK_MS = 500;

/** Calls `gone` when the process that started this one ends. */
function whenParentEnds(gone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, LOOK_MS);
  timer.unref();
}

/** Signals of this process as a promise. */
export class StopSignal {
  /** Resolves at the first signal. */
  readonly received: Promise<void>;
  #firstAt = 0;

  /** @param onImpatience called when the user asks again while things are being stopped */
  constructor(onImpatience: () => void) {
    this.received = new Promise((resolve) => {
      const first = () => {
        this.#firstAt = performance.now();
        resolve();
      };
      // A signal to npm ends npm and the shell between, without a word to this process.
      if (process.env.npm_lifecycle_event !== undefined) whenParentEnds(() => !this.stopping && first());
      for (const signal of SIGNALS) {
        process.on(signal, () => {
          if (!this.stopping) first();
          else if (performance.now() - this.#firstAt > SAME_KEYSTROKE_MS) onImpatience();
        });
      }
    });
  }

  /** Whether a signal has come. */
  get stopping(): boolean {
    return this.#firstAt > 0;
  }
}
