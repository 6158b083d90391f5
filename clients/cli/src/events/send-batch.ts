import type { Gateway } from "../api/gateway.js";
import { pause } from "../api/poll.js";
import { ExitCode } from "../errors/exit-code.js";
import { Failure } from "../errors/failure.js";
import { PUT_EVENTS, type InteractionInput } from "../operations/events.js";

/** What became of a batch. */
export interface Acknowledgement {
  /** Events recorded now. */
  readonly recorded: number;
  /** Place in the change log of the commit that holds them. */
  readonly cursor: string | null;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Sends events until they are acknowledged; their ids make that harmless. A request on its way is not broken off by Ctrl-C,
 * for nobody would know then whether it counted; the waiting between two is.
 * @param patienceMs milliseconds that the gateway may be away
 * @throws Failure when events are refused, or when it stays away
 */
export async function sendBatch(
  api: Gateway,
  datasetGroup: string,
  interactions: readonly InteractionInput[],
  patienceMs: number,
  onRetry: (failure: Failure) => void,
): Promise<Acknowledgement> {
  const started = Date.now();
  const steady = api.withSignal(new AbortController().signal);
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
    try {
      const { recorded, cursor } = await steady.change(PUT_EVENTS, { datasetGroup, interactions });
      return { recorded: recorded ?? 0, cursor };
    } catch (thrown) {
      if (!isPassing(thrown) || Date.now() - started + wait > patienceMs) throw thrown;
      onRetry(thrown);
    }
    await pause(wait, api.signal);
  }
}

/** Whether the same request may go well a little later. */
function isPassing(thrown: unknown): thrown is Failure {
  return (
    thrown instanceof Failure && (thrown.exitCode === ExitCode.UNREACHABLE || thrown.code === "RESOURCE_EXHAUSTED")
  );
}
