import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Caller } from "./caller.js";

/** Who made a request, and from where: what the audit log says of it. */
export interface Origin {
  readonly caller: Caller;
  /** Network address of the client, or of the proxy in front of it; empty when the connection is gone. */
  readonly sourceAddress: string;
  /** Names the request among all: the client's `x-request-id` where it sent one. */
  readonly requestId: string;
}

/** What a client may call its request. */
const REQUEST_ID = /^[\w.:/+=-]{1,100}$/;

/** The origin of a request. */
export function originOf(caller: Caller, request: IncomingMessage | undefined): Origin {
  const given = request?.headers["x-request-id"];
  const requestId = typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
  return { caller, sourceAddress: request?.socket.remoteAddress ?? "", requestId };
}
