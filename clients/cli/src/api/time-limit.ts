/**
 * Does work with a signal that is aborted by another one, or with a `TimeoutError` after a time. Its timer holds on to the limit:
 * Node.js 20 lets go of the one of `AbortSignal.any([AbortSignal.timeout(ms)])`, which then never comes.
 * @param ms milliseconds
 */
export async function withTimeLimit<T>(
  signal: AbortSignal,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new DOMException(`It took over ${ms} ms.`, "TimeoutError")), ms);
  try {
    return await work(AbortSignal.any([signal, limit.signal]));
  } finally {
    clearTimeout(timer);
  }
}
