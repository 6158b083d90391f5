import { invalidArgument } from "@palate/host";
import { getOperationAST, GraphQLError, parse, type ExecutionResult, type GraphQLSchema } from "graphql";
import { createHandler, type Response } from "graphql-sse";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { GatewayConfig } from "../config.js";
import type { FormatError } from "../errors/format-error.js";
import { queryLimits } from "../execution/query-limits.js";
import { GatewayContext, type Services } from "../resources/common/context.js";
import { readBody } from "./read-body.js";
import { refuse } from "./send.js";

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

  const handle = createHandler<IncomingMessage, { response: ServerResponse }, never>({
    onSubscribe(request, { query, operationName, variables }) {
      try {
        const document = parse(query, { maxTokens: config.maxTokens });
        const operation = getOperationAST(document, operationName);
        if (operation?.operation !== "subscription")
          throw new GraphQLError("Only subscriptions are streamed; send queries and mutations to /graphql.");
        check({ schema, document, operation, request: { variables: (variables ?? {}) as Record<string, unknown> } });
        const contextValue = new GatewayContext(services, request.context.response) as never;
        return { schema, document, operationName, variableValues: variables, contextValue };
      } catch (thrown) {
        return badRequest(thrown);
      }
    },
    onOperation: (_context, _request, _args, result) =>
      Symbol.asyncIterator in result ? formatted(result as AsyncIterable<Result>) : formatResult(result as Result),
  });

  function badRequest(thrown: unknown): Response {
    const code = thrown instanceof GraphQLError ? (thrown.extensions["code"] ?? "BAD_REQUEST") : "BAD_REQUEST";
    const errors = [{ message: (thrown as Error).message, extensions: { code, retryable: false } }];
    const headers = { "content-type": "application/json; charset=utf-8" };
    return [JSON.stringify({ errors }), { status: 400, statusText: "Bad Request", headers }];
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET", headers } = request;
    if (!headers.accept?.includes("text/event-stream") || (method !== "POST" && method !== "GET")) {
      const message = "Subscriptions are POST or GET with accept: text/event-stream.";
      return refuse(request, response, 406, invalidArgument(message));
    }
    const [body, init] = await handle({
      method,
      url: request.url ?? "/",
      // The library offers one connection for many operations too, which needs state between requests; not here.
      headers: { get: (name) => (name === "accept" ? "text/event-stream" : (headers[name] as string | undefined)) },
      body: () => readBody(request, config.maxBodyBytes),
      raw: request,
      context: { response },
    });
    response.writeHead(init.status, init.statusText, init.headers);
    if (body === null || typeof body === "string") {
      response.end(body ?? undefined);
      return;
    }
    response.once("close", () => void body.return());
    for await (const part of body) {
      if (response.destroyed) break;
      if (!response.write(part)) await writable(response);
    }
    response.end();
  };
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
