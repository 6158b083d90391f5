import { invalidArgument, PalateError, unavailable, type GroupScope } from "@palate/host";
import type { StreamEventsRequest, StreamEventsResponse } from "@palate/proto/dataset";
import type { Group } from "../group/group.js";
import type { Recorder } from "./recorder.js";

/** Messages that may wait for their answers before more of the stream is read. */
const MOST_MESSAGES = 64;

/** Events in them; a single message may have as many as {@link MAX_RECORDS} allows. */
const MOST_EVENTS = 20_000;

/** A message that was read and is not answered yet. */
interface Pending {
  readonly events: number;
  readonly answer: Promise<StreamEventsResponse>;
}

/**
 * Records the events of a stream and answers each message once it is durable, in order. Many messages are on their way
 * at a time, so that they share commits; when too many are not durable yet, nothing more is read until some are.
 * @param stopping ends the stream: what was read is answered, then it fails with `unavailable`
 * @param scope groups that the caller may reach
 * @throws PalateError for what concerns the whole stream: an unknown group, a store that is unreachable
 */
export async function* streamEvents(
  recorder: Recorder,
  requests: AsyncIterable<StreamEventsRequest>,
  stopping: AbortSignal,
  scope?: GroupScope,
): AsyncGenerator<StreamEventsResponse> {
  const pending: Pending[] = [];
  let events = 0;
  let ended: { readonly failure?: unknown } | undefined;
  let left = false;
  let wakeReader = (): void => {};
  let wakeWriter = (): void => {};
  const onStop = (): void => {
    wakeReader();
    wakeWriter();
  };
  stopping.addEventListener("abort", onStop);

  const read = async (): Promise<void> => {
    let name = "";
    let message = 0;
    for await (const request of requests) {
      if (stopping.aborted || left) return;
      name = request.datasetGroup || name;
      if (name === "") throw unnamed();
      // Opened before the next message is looked at, so that all are recorded in order.
      const group = await recorder.open(name, scope);
      const size = request.interactions.length + request.actionInteractions.length;
      const answer = record(recorder, group, request, message++);
      answer.catch(() => {}); // It is thrown where its turn to be answered comes.
      pending.push({ events: size, answer });
      events += size;
      wakeWriter();
      while ((pending.length >= MOST_MESSAGES || events >= MOST_EVENTS) && !stopping.aborted && !left) {
        await new Promise<void>((resolve) => (wakeReader = resolve));
      }
    }
  };
  void read()
    .then(
      () => (ended = {}),
      (failure: unknown) => (ended = { failure }),
    )
    .finally(() => wakeWriter());

  try {
    for (;;) {
      const [first] = pending;
      if (first) {
        yield await first.answer;
        pending.shift();
        events -= first.events;
        wakeReader();
      } else if (stopping.aborted) {
        throw unavailable("The datasets service is stopping; send what was not answered again.");
      } else if (ended) {
        if (ended.failure !== undefined) throw ended.failure;
        return;
      } else await new Promise<void>((resolve) => (wakeWriter = resolve));
    }
  } finally {
    left = true;
    wakeReader();
    stopping.removeEventListener("abort", onStop);
  }
}

function unnamed(): PalateError {
  const message = "The first message names no dataset_group; give its name, or an event tracker's tracking id.";
  return invalidArgument(message, [{ field: "dataset_group", message: "is required in the first message" }]);
}

async function record(
  recorder: Recorder,
  group: Group,
  { interactions, actionInteractions }: StreamEventsRequest,
  message: number,
): Promise<StreamEventsResponse> {
  try {
    const { cursor, recorded } = await recorder.recordEvents(group, interactions, actionInteractions);
    return { message, cursor, recorded, refusal: undefined };
  } catch (thrown) {
    // Only what the sender can put right is a matter of one message.
    if (!(thrown instanceof PalateError && thrown.code === "invalid_argument")) throw thrown;
    const violations = [...(thrown.details.violations ?? [])];
    return { message, cursor: "", recorded: 0, refusal: { message: thrown.message, violations } };
  }
}
