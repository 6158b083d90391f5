import { randomUUID } from "node:crypto";
import { toUnixSeconds } from "../common/scalars.js";
import type { EventInput } from "./event-input.js";

type Properties = Record<string, unknown> | null | undefined;

/** Further columns as the datasets service takes them. */
export function toProperties(properties: Properties): string {
  return properties ? JSON.stringify(properties) : "";
}

/** What events of items and of actions have in common, as the datasets service takes it. */
export function eventFields(
  input: EventInput & { readonly impression?: string[] | null; readonly properties?: Properties },
) {
  return {
    userId: input.userId ?? "",
    sessionId: input.sessionId ?? "",
    timestamp: toUnixSeconds(input.timestamp),
    // Made here at the latest, so that a call repeated behind the gateway's back records nothing twice.
    eventId: input.eventId || randomUUID(),
    recommendationId: input.recommendationId ?? "",
    impression: input.impression ?? [],
    properties: toProperties(input.properties),
  };
}

/**
 * How many of some events were recorded by this request. Those without an id of the caller's are new by nature: where the service knew
 * them, a call repeated behind the gateway's back had recorded them already.
 */
export function recordedNow(events: readonly Pick<EventInput, "eventId">[], recorded: number): number {
  return Math.max(recorded, events.filter(({ eventId }) => !eventId).length);
}
