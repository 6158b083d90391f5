/** Milliseconds of work after which others have the processor. */
const SLICE = 20;

/** Runs a computation that yields its progress, letting timers, messages and the abort signal in now and then. */
export async function runCooperatively<T>(steps: Generator<number, T>, signal?: AbortSignal): Promise<T> {
  let last = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - last < SLICE) continue;
    await yieldToEventLoop(signal);
    last = performance.now();
  }
}

/** Lets timers, messages and the abort signal in, then throws if the computation was stopped. */
export async function yieldToEventLoop(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
