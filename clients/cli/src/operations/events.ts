import { operation, USER_ERRORS, type Payload } from "../api/operation.js";

/** An event as the API takes it. */
export interface InteractionInput {
  readonly userId?: string;
  readonly sessionId?: string;
  readonly itemId: string;
  readonly eventType?: string;
  readonly eventValue?: number;
  readonly timestamp?: string | number;
  readonly eventId?: string;
  readonly recommendationId?: string;
  readonly impression?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Records events; answered, they are durable. */
export const PUT_EVENTS = operation<
  Payload<"putEvents", { recorded: number | null; cursor: string | null }>,
  { input: { datasetGroup: string; interactions: readonly InteractionInput[] } }
>(`
mutation PutEvents($input: PutEventsInput!) { putEvents(input: $input) { recorded cursor ${USER_ERRORS} } }`);
