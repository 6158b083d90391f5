import { GraphQLError, GraphQLID, GraphQLScalarType, Kind, type ValueNode } from "graphql";
import { GraphQLJSONObject, GraphQLSafeInt } from "graphql-scalars";

/** A proto enum's number, or null when it is the unspecified one. */
export function enumOrNull(value: number): number | null {
  return value > 0 ? value : null;
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}

/** An id as it was meant: what JSON's numbers or Unicode did not keep is refused instead of becoming another id. */
function parseId(value: unknown): string {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw badInput("An id cannot be a number above 2^53, whose last digits JSON loses; send it as a string.");
  if (typeof value === "string" && /\p{Surrogate}/u.test(value))
    throw badInput("An id cannot have half a surrogate pair, which becomes another character; send whole characters.");
  return GraphQLID.parseValue(value);
}

/** GraphQL's ID, in place of the library's, which takes numbers that are not exact. */
export const ID = new GraphQLScalarType<string, string>({ ...GraphQLID.toConfig(), parseValue: parseId });

/** A JSON object, `{"COLUMN": value}`. */
export const JsonObject = GraphQLJSONObject;

/** A whole number up to 2^53, for rows and bytes, which outgrow Int. */
export const SafeInt = GraphQLSafeInt;

function parseTime(value: unknown): Date {
  const time = typeof value === "number" ? new Date(value * 1_000) : new Date(typeof value === "string" ? value : NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw badInput(
    `DateTime cannot be ${JSON.stringify(value)}; write ISO 8601 ("2024-05-01T12:00:00Z") or Unix seconds (1714564800).`,
  );
}

/** A moment; `Date` inside, milliseconds since 1970 also accepted when serialising. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: "DateTime",
  description: "A moment. Answers are ISO 8601 in UTC; input may be ISO 8601 or Unix seconds as a number.",
  serialize: (value) => new Date(value as Date | number).toISOString(),
  parseValue: parseTime,
  parseLiteral: (node: ValueNode) => {
    if (node.kind === Kind.STRING) return parseTime(node.value);
    if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return parseTime(Number(node.value));
    return parseTime(null);
  },
});

/** Amazon Personalize's status strings by the numbers both protos give them. */
const STATUS_TEXTS = [
  "CREATE PENDING",
  "CREATE PENDING",
  "CREATE IN_PROGRESS",
  "ACTIVE",
  "CREATE FAILED",
  "CREATE STOPPING",
  "CREATE STOPPED",
];

/** Where a resource is in its life; a proto status number inside. */
export const ResourceStatus = new GraphQLScalarType<number, string>({
  name: "ResourceStatus",
  description: [
    "Where a resource is in its life, in Amazon Personalize's spelling (with a space, which an enum cannot have):",
    '"CREATE PENDING" accepted, not started; "CREATE IN_PROGRESS" under way; "ACTIVE" usable;',
    '"CREATE FAILED" gave up, failureReason says why; "CREATE STOPPING" asked to stop; "CREATE STOPPED" stopped on request.',
    "Poll until it is ACTIVE, CREATE FAILED or CREATE STOPPED.",
  ].join("\n"),
  serialize: (value) => STATUS_TEXTS[value as number] ?? "CREATE PENDING",
  parseValue: (value) => STATUS_TEXTS.indexOf(String(value)),
});

/** A moment as recipe services and datasets take it: Unix seconds, where 0 means none was given. */
export function toUnixSeconds(moment: Date | null | undefined): number {
  return moment ? Math.floor(moment.getTime() / 1_000) : 0;
}

/** A proto time in milliseconds, where 0 means there is none. */
export function timeOrNull(ms: number): number | null {
  return ms > 0 ? ms : null;
}
