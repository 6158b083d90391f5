import { boundedMessage, invalidArgument, PalateError } from "@palate/host";
import { GraphQLError, type ExecutionResult, type GraphQLSchema } from "graphql";
import { createHandler, type Response } from "graphql-sse";
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import type { Caller } from "../access/caller.js";
import type { GatewayConfig } from "../config.js";
import { extensionsOf, type FormatError } from "../errors/format-error.js";
import { prepareSubscription } from "../execution/prepare-subscription.js";
import { queryLimits } from "../execution/query-limits.js";
import { GatewayContext, type Services } from "../resources/common/context.js";
import { readBody, statusOfBody } from "./read-body.js";
import { queryTooLong } from "./request-limits.js";
import { refuse, sendJson } from "./send.js";

type Result = ExecutionResult;

/** Makes the handler of /graphql/stream: subscriptions as server-sent events, one stream for each request. */
export function sseHandler(schema: GraphQLSchema, config: GatewayConfig, services: Services, formatError: FormatError) {
  const check = queryLimits(config);

  const format = (thrown: unknown) => {
    const error =
      thrown instanceof GraphQLError ? thrown : new GraphQLError(String(thrown), { originalError: thrown as Error });
    const { message, locations, path, extensions } = error.toJSON();
    const code = { code: "INTERNAL_SERVER_ERROR", ...extensions };
    return formatError({ message, ...(locations && { locations }), ...(path && { path }), extensions: code }, thrown);
  };
  const formatResult = (result: Result): Result =>
    result.errors ? { ...result, errors: result.errors.map(format) as unknown as readonly GraphQLError[] } : result;
  async function* formatted(results: AsyncIterable<Result>): AsyncGenerator<Result> {
    try {
      for await (const result of results) yield formatResult(result);
    } catch (thrown) {
      yield { errors: [format(thrown)] as unknown as readonly GraphQLError[] };
    }
  }

  const handle = createHandler<IncomingMessage, { response: ServerResponse; caller: Caller }, never>({
    onSubscribe(request, { query, operationName, variables }) {
      const tooLong = queryTooLong(query, config);
      if (tooLong) return badRequest([new GraphQLError(tooLong.message, { extensions: extensionsOf(tooLong) })], 413);
      const prepared = prepareSubscription(schema, config.maxTokens, { query, operationName, variables });
      if ("errors" in prepared) return badRequest(prepared.errors);
      try {
        check({ schema, ...prepared, request: { variables: variables ?? {} } });
      } catch (thrown) {
        return badRequest([thrown as GraphQLError]);
      }
      const contextValue = new GatewayContext(services, request.context.caller, request.context.response) as never;
      const named = operationName === "" ? undefined : operationName;
      return { schema, document: prepared.document, operationName: named, variableValues: variables, contextValue };
    },
    onOperation: (_context, _request, _args, result) =>
      Symbol.asyncIterator in result ? formatted(result as AsyncIterable<Result>) : formatResult(result as Result),
  });

  return async (request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> => {
    const { method = "GET", headers } = request;
    if (!headers.accept?.includes("text/event-stream") || (method !== "POST" && method !== "GET")) {
      const message = "Subscriptions are POST or GET with accept: text/event-stream.";
      return refuse(request, response, 406, invalidArgument(message));
    }
    let text = "";
    try {
      if (method === "POST") text = await readBody(request, config);
    } catch (thrown) {
      if (thrown instanceof PalateError) return refuse(request, response, statusOfBody(thrown), thrown);
      throw thrown;
    }
    const [body, init] = await handle({
      method,
      url: request.url ?? "/",
      // The library offers one connection for many operations too, which needs state between requests; not here.
      headers: { get: (name) => (name === "accept" ? "text/event-stream" : (headers[name] as string | undefined)) },
      body: text,
      raw: request,
      context: { response, caller },
    });
    if (body === null || typeof body === "string") {
      sendJson(response, init.status, { errors: refusalsIn(body ?? "", init.statusText) });
      return;
    }
    response.writeHead(init.status, init.statusText, init.headers);
    await sendParts(response, body);
  };
}

/** Sends what comes, at the client's pace, until the client or the source has had enough. */
async function sendParts(response: ServerResponse, parts: AsyncGenerator<string, void, undefined>): Promise<void> {
  response.once("close", () => void parts.return());
  for await (const part of parts) {
    if (response.destroyed) break;
    if (!response.write(part)) await writable(response);
  }
  response.end();
}

/** A response that refuses a request. */
function badRequest(errors: readonly GraphQLError[], status = 400): Response {
  const told = errors.map((error) => ({ ...error.toJSON(), message: boundedMessage(error.message) }));
  return [JSON.stringify({ errors: told }), { status, statusText: STATUS_CODES[status] ?? "" }];
}

/** Entries of `errors` for a request that was refused: the library's own refusals have no code, or no entries at all. */
function refusalsIn(body: string, status: string): object[] {
  const { errors } = (body ? JSON.parse(body) : { errors: [{ message: status }] }) as {
    errors: readonly { extensions?: object }[];
  };
  return errors.map((error) => ({
    ...error,
    extensions: { code: "BAD_REQUEST", ...error.extensions, retryable: false },
  }));
}

/** Resolves when the client has taken what was written, or is gone. */
function writable(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.removeListener("drain", done);
      response.removeListener("close", done);
      resolve();
    };
    response.once("drain", done);
    response.once("close", done);
  });
}
