/** Signals that ask the whole of Palate to stop. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Ctrl-C often arrives twice, from the terminal and passed on by npm; only a later one means impatience. */
const SAME_KEYSTROKE_MS = 700;

/** Signals of this process as a promise. */
export class StopSignal {
  /** Resolves at the first signal. */
  readonly received: Promise<void>;
  #firstAt = 0;

  /** @param onImpatience called when the user asks again while things are being stopped */
  constructor(onImpatience: () => void) {
    this.received = new Promise((resolve) => {
      for (const signal of SIGNALS) {
        process.on(signal, () => {
          if (this.#firstAt === 0) {
            this.#firstAt = Date.now();
            resolve();
          } else if (Date.now() - this.#firstAt > SAME_KEYSTROKE_MS) onImpatience();
        });
      }
    });
  }

  /** Whether a signal has come. */
  get stopping(): boolean {
    return this.#firstAt > 0;
  }
}
