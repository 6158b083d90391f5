import { boundedMessage, type PalateError } from "@palate/host";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extensionsOf } from "../errors/format-error.js";
import { GRAPHQL_CODE } from "../errors/graphql-code.js";
import { securityHeaders } from "./security-headers.js";

const HEADERS = securityHeaders();

/** Sends a JSON body. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    ...HEADERS,
  });
  response.end(text);
}

/** HTTP status of an error outside GraphQL. */
const STATUS: Readonly<Record<string, number>> = {
  [GRAPHQL_CODE.invalid_argument]: 400,
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
  const body = { errors: [{ message: boundedMessage(error.message), extensions: extensionsOf(error) }] };
  sendJson(response, status ?? STATUS[GRAPHQL_CODE[error.code]] ?? 500, body);
}

/** Answers a request whose body is not going to be read, and closes its connection once the answer is out. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number | undefined,
  error: PalateError,
): void {
  response.setHeader("connection", "close");
  sendError(response, error, status);
  request.resume();
}
