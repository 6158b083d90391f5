import { boundedMessage, type PalateError } from "@palate/host";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extensionsOf } from "../errors/format-error.js";
import { GRAPHQL_CODE } from "../errors/graphql-code.js";
import { bodyBytes, SHORT_BODY_BYTES } from "./read-body.js";
import { securityHeaders } from "./security-headers.js";

const HEADERS = securityHeaders();

/** Sends a JSON body. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.end(startJson(response, status, body));
}

/** Writes the head of an answer with a JSON body, and returns the body. */
function startJson(response: ServerResponse, status: number, body: unknown): string {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    ...HEADERS,
  });
  return text;
}

/** HTTP status of an error outside GraphQL. */
const STATUS: Readonly<Record<string, number>> = {
  [GRAPHQL_CODE.invalid_argument]: 400,
  [GRAPHQL_CODE.unauthenticated]: 401,
  [GRAPHQL_CODE.permission_denied]: 403,
  [GRAPHQL_CODE.not_found]: 404,
  [GRAPHQL_CODE.already_exists]: 409,
  [GRAPHQL_CODE.failed_precondition]: 409,
  [GRAPHQL_CODE.resource_exhausted]: 429,
  [GRAPHQL_CODE.cancelled]: 499,
  [GRAPHQL_CODE.deadline_exceeded]: 504,
  [GRAPHQL_CODE.unimplemented]: 501,
  [GRAPHQL_CODE.unavailable]: 503,
};

/** Sends an error in the same form as GraphQL's. */
export function sendError(response: ServerResponse, error: PalateError, status?: number): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  sayWhenAgain(response, error);
  sendJson(response, status ?? statusOf(error), bodyOf(error));
}

/** Says in a header when the request is worth trying again, as far as the error knows. */
function sayWhenAgain(response: ServerResponse, { details: { retryAfterSeconds } }: PalateError): void {
  if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
}

/**
 * Answers a request that comes when there is too much to do, at little cost: its body is not looked at, and the connection goes on
 * unless the body is long.
 */
export function shed(request: IncomingMessage, response: ServerResponse, error: PalateError): void {
  // The library reads what is left of the body and throws it away.
  if (bodyBytes(request) <= SHORT_BODY_BYTES) sendError(response, error);
  else refuse(request, response, undefined, error);
}

/** "Insufficient Storage": no room, which waiting alone does not make. */
const STORAGE_FULL = 507;

function statusOf(error: PalateError): number {
  if (error.details.storageFull) return STORAGE_FULL;
  return STATUS[GRAPHQL_CODE[error.code]] ?? 500;
}

function bodyOf(error: PalateError): object {
  return { errors: [{ message: boundedMessage(error.message), extensions: extensionsOf(error) }] };
}

/** Most bytes, and milliseconds, of a refused request's body that are read and thrown away. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;
const MAX_DISCARDING_MS = 5_000;

/**
 * Answers a request whose body is not going to be used, and closes its connection once the body has come, as far as it comes soon: many
 * clients look for an answer when they have sent all, and find none on a connection that was closed meanwhile.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number | undefined,
  error: PalateError,
): void {
  response.setHeader("connection", "close");
  sayWhenAgain(response, error);
  if (response.headersSent || request.readableEnded || request.destroyed) {
    sendError(response, error, status);
    return;
  }
  response.write(startJson(response, status ?? statusOf(error), bodyOf(error)));
  let bytes = 0;
  const end = () => {
    clearTimeout(timer);
    request.removeListener("data", count);
    request.resume();
    response.end();
  };
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DISCARDED_BYTES) end();
  };
  const timer = setTimeout(end, MAX_DISCARDING_MS);
  request.on("data", count).once("end", end).once("close", end);
}
