import { HeaderMap, type ApolloServer, type HTTPGraphQLResponse } from "@apollo/server";
import { invalidArgument, PalateError, toPalateError } from "@palate/host";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "../access/caller.js";
import type { Door } from "../admission/door.js";
import { callerLane } from "../admission/lane.js";
import { Places } from "../admission/places.js";
import { GatewayContext, type Services } from "../resources/common/context.js";
import { bodyBytes, readBody, SHORT_BODY_BYTES, statusOfBody } from "./read-body.js";
import { queryTooLong, type RequestLimits } from "./request-limits.js";
import { refuse, shed } from "./send.js";

/** So many of the longest bodies may be in memory at a time; half of them a caller's. */
const LONG_BODIES = 32;

/** Which GraphQL request it is. */
interface AskedGraphql {
  /** The URL's query with its "?". */
  readonly search: string;
  /** Who asks. */
  readonly caller: Caller;
}

/** What GraphQL over HTTP needs. */
export interface GraphqlParts {
  /** Runs the requests. */
  readonly apollo: ApolloServer<GatewayContext>;
  /** The services that are asked. */
  readonly services: Services;
  /** How long requests may be. */
  readonly limits: RequestLimits;
  /** Lets them in. */
  readonly door: Door;
}

/**
 * Makes the handler of GraphQL over HTTP: POST with a JSON body, GET for queries. The whole adapter between node:http and
 * Apollo Server; status codes and media types are Apollo's, by the GraphQL-over-HTTP rules.
 */
export function graphqlHandler({ apollo, services, limits, door }: GraphqlParts) {
  const bodies = new Places("bytes of long requests", LONG_BODIES * limits.maxBodyBytes);
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    { search, caller }: AskedGraphql,
  ): Promise<void> => {
    const method = request.method ?? "GET";
    const lane = callerLane(caller, request);
    try {
      response.once("close", door.begin(lane));
      if (method === "POST") holdBody(bodies, lane, request, response, limits);
    } catch (thrown) {
      return shed(request, response, toPalateError(thrown));
    }
    if (method === "POST" && !isJson(request.headers["content-type"])) {
      const message = `The content type is "${request.headers["content-type"] ?? ""}"; send application/json.`;
      return refuse(request, response, 415, invalidArgument(message));
    }
    let text: string | undefined;
    try {
      if (method === "POST") text = await readBody(request, limits);
    } catch (thrown) {
      if (thrown instanceof PalateError) return refuse(request, response, statusOfBody(thrown), thrown);
      throw thrown;
    }
    const later = door.enter(lane, text?.length ?? 0, () => leaving(response));
    if (later) await later;
    let body: unknown;
    if (text !== undefined) {
      try {
        body = JSON.parse(text);
      } catch (thrown) {
        return refuse(request, response, 400, invalidArgument(`The body is not JSON: ${(thrown as Error).message}.`));
      }
      // By GET a query is in the address, which node:http limits to 16 KiB.
      const tooLong = queryTooLong((body as { query?: unknown } | null)?.query, limits);
      if (tooLong) return refuse(request, response, 413, tooLong);
    }
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: headersOf(request), search, body },
      context: async () => new GatewayContext(services, caller, response),
    });
    await send(response, result);
  };
}

/**
 * Finds room in memory for a long body until it is answered.
 * @throws PalateError when there is none
 */
function holdBody(
  bodies: Places,
  lane: string,
  request: IncomingMessage,
  response: ServerResponse,
  { maxBodyBytes }: RequestLimits,
): void {
  const bytes = bodyBytes(request);
  if (bytes > SHORT_BODY_BYTES) response.once("close", bodies.take(lane, Math.min(bytes, maxBodyBytes)));
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const name in request.headers) {
    const value = request.headers[name];
    if (value !== undefined) headers.set(name, typeof value === "string" ? value : value.join(", "));
  }
  return headers;
}

async function send(response: ServerResponse, { status, headers, body }: HTTPGraphQLResponse): Promise<void> {
  if (response.destroyed) return;
  response.statusCode = status ?? 200;
  for (const [name, value] of headers) response.setHeader(name, value);
  if (body.kind === "complete") {
    response.setHeader("content-length", Buffer.byteLength(body.string));
    response.end(body.string);
    return;
  }
  for await (const chunk of body.asyncIterator) response.write(chunk);
  response.end();
}

/** Aborted when the client goes away before it has its answer. */
function leaving(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once("close", () => left.abort());
  return left.signal;
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType);
}
