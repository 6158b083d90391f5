import { HeaderMap, type ApolloServer } from "@apollo/server";
import { invalidArgument, PalateError } from "@palate/host";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "../access/caller.js";
import { GatewayContext, type Services } from "../resources/common/context.js";
import { readBody, statusOfBody } from "./read-body.js";
import { queryTooLong, type RequestLimits } from "./request-limits.js";
import { refuse } from "./send.js";

/**
 * Makes the handler of GraphQL over HTTP: POST with a JSON body, GET for queries. The whole adapter between node:http and
 * Apollo Server; status codes and media types are Apollo's, by the GraphQL-over-HTTP rules.
 */
export function graphqlHandler(apollo: ApolloServer<GatewayContext>, services: Services, limits: RequestLimits) {
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    { search, caller }: { readonly search: string; readonly caller: Caller },
  ): Promise<void> => {
    const method = request.method ?? "GET";
    let body: unknown;
    if (method === "POST") {
      if (!isJson(request.headers["content-type"])) {
        const message = `The content type is "${request.headers["content-type"] ?? ""}"; send application/json.`;
        return refuse(request, response, 415, invalidArgument(message));
      }
      try {
        body = JSON.parse(await readBody(request, limits));
      } catch (thrown) {
        if (thrown instanceof PalateError) return refuse(request, response, statusOfBody(thrown), thrown);
        return refuse(request, response, 400, invalidArgument(`The body is not JSON: ${(thrown as Error).message}.`));
      }
      // By GET a query is in the address, which node:http limits to 16 KiB.
      const tooLong = queryTooLong((body as { query?: unknown } | null)?.query, limits);
      if (tooLong) return refuse(request, response, 413, tooLong);
    }
    const headers = new HeaderMap();
    for (const name in request.headers) {
      const value = request.headers[name];
      if (value !== undefined) headers.set(name, typeof value === "string" ? value : value.join(", "));
    }
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers, search, body },
      context: async () => new GatewayContext(services, caller, response),
    });
    if (response.destroyed) return;
    response.statusCode = result.status ?? 200;
    for (const [name, value] of result.headers) response.setHeader(name, value);
    if (result.body.kind === "complete") {
      response.setHeader("content-length", Buffer.byteLength(result.body.string));
      response.end(result.body.string);
      return;
    }
    for await (const chunk of result.body.asyncIterator) response.write(chunk);
    response.end();
  };
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType);
}
