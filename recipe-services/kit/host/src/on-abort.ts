/**
 * Runs `abort` once a signal is aborted: at once when it is already, of which a listener would never hear.
 * @param signal none is never aborted
 * @returns stops the waiting; a signal may live much longer than what it ends
 */
export function onAbort(signal: AbortSignal | undefined, abort: () => void): () => void {
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { once: true });
  return () => signal?.removeEventListener("abort", abort);
}
