/** Lets any number of waiters sleep until something happens, a time has passed, or they are called off. */
export class WakeUp {
  readonly #wakers = new Set<() => void>();

  /** Wakes everyone who waits now. */
  notify(): void {
    const wakers = [...this.#wakers];
    this.#wakers.clear();
    for (const wake of wakers) wake();
  }

  /** Sleeps until {@link notify}, for at most `ms` milliseconds, or until `signal` is aborted. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wakers.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }
}
