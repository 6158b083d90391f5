import { createHash, randomUUID } from "node:crypto";
import type { InteractionInput } from "../operations/events.js";
import type { Line } from "./batches.js";

/** A line that is no event, and why. */
export class LineProblem extends Error {}

/** Columns of interactions, as exports write them, and what the API calls them. */
const COLUMNS: Readonly<Record<string, keyof InteractionInput>> = {
  USER_ID: "userId",
  SESSION_ID: "sessionId",
  ITEM_ID: "itemId",
  EVENT_TYPE: "eventType",
  EVENT_VALUE: "eventValue",
  TIMESTAMP: "timestamp",
  EVENT_ID: "eventId",
  RECOMMENDATION_ID: "recommendationId",
  IMPRESSION: "impression",
};
const FIELDS = new Set<string>([...Object.values(COLUMNS), "properties"]);
const IDS = new Set<string>(["userId", "sessionId", "itemId", "eventId", "recommendationId"]);

/**
 * The event of a line of JSON: the API's fields, or the columns of an export; other columns become properties. It always has
 * an id. Of a line that says when it happened the id is made of the line and its number, so that the same file sent again
 * records nothing twice; without a time every sending is an event of its own.
 * @throws LineProblem when it is none
 */
export function readEvent({ number, text }: Line): InteractionInput {
  const event: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parseObject(text))) {
    if (value === null) continue;
    const field = COLUMNS[name] ?? (FIELDS.has(name) ? name : undefined);
    if (field === "properties" && typeof value === "object") Object.assign(properties, value);
    else if (field !== undefined) event[field] = valueOf(field, name, value);
    else if (/^[A-Z][A-Z0-9_]*$/.test(name)) properties[name] = value;
    else
      throw new LineProblem(
        `"${name}" is no field of an event; ${[...FIELDS].join(", ")} are, and columns in capitals.`,
      );
  }
  if (typeof event["itemId"] !== "string") throw new LineProblem('An event needs the item: "itemId" (or ITEM_ID).');
  if (event["userId"] === undefined && event["sessionId"] === undefined)
    throw new LineProblem('An event needs "userId" (USER_ID) or "sessionId" (SESSION_ID).');
  event["eventId"] ??= event["timestamp"] === undefined ? randomUUID() : idOf(number, text);
  return {
    ...(event as unknown as InteractionInput),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new LineProblem(`It is no JSON: ${(error as Error).message}.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new LineProblem('It is no JSON object such as {"userId": "u1", "itemId": "i1"}.');
  return value as Readonly<Record<string, unknown>>;
}

function valueOf(field: string, name: string, value: unknown): unknown {
  if (IDS.has(field)) {
    if (typeof value === "string") return value;
    if (Number.isSafeInteger(value)) return String(value);
    throw new LineProblem(`"${name}" must be text: a number of that size is not exact in JSON.`);
  }
  // Exports write lists with "|" between.
  if (field === "impression" && typeof value === "string") return value.split("|");
  if (field === "timestamp" && typeof value === "string" && /^\d+$/.test(value)) return Number(value);
  return value;
}

function idOf(number: number, text: string): string {
  return createHash("sha256").update(`${number}\n${text}`).digest("base64url").slice(0, 22);
}
