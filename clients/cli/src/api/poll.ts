import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode } from "../errors/exit-code.js";
import { Failure, interrupted } from "../errors/failure.js";

/** Milliseconds between two looks. */
const EVERY_MS = 100;
/** Milliseconds that the gateway may be away, restarting say, while something is waited for. */
const PATIENCE_MS = 15_000;

/** Waits; ends at once when the user presses Ctrl-C. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw interrupted();
  });
}

/**
 * Looks again and again until there is something.
 * @param look returns undefined for "not yet"; failures that mean "away for now" are forgiven for a while
 * @throws what `look` throws
 */
export async function poll<T>(look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  let awaySince: number | undefined;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
      awaySince = undefined;
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.exitCode !== ExitCode.UNREACHABLE) throw thrown;
      awaySince ??= Date.now();
      if (Date.now() - awaySince > PATIENCE_MS) throw thrown;
    }
    await pause(EVERY_MS, signal);
  }
}
