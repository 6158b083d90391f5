import { ApolloServer, type ApolloServerPlugin, type GraphQLRequestListener } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import type { Logger } from "@palate/host";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Door } from "../admission/door.js";
import type { GatewayConfig } from "../config.js";
import type { FormatError } from "../errors/format-error.js";
import type { GatewayContext } from "../resources/common/context.js";
import { compiledRecommendations } from "./compiled-recommendations.js";
import { queryLimits, VALIDATION } from "./query-limits.js";

/** Takes an empty operation name for none, as some clients mean it, and refuses operations that are streamed elsewhere. */
function operationPlugin(): ApolloServerPlugin<GatewayContext> {
  const listener: GraphQLRequestListener<GatewayContext> = {
    async didResolveOperation({ operation }) {
      if (operation?.operation !== "subscription") return;
      const message = "Subscriptions are streamed: send them to /graphql/stream with accept: text/event-stream.";
      throw new GraphQLError(message, { extensions: { code: "BAD_REQUEST", http: { status: 400 } } });
    },
  };
  return {
    async requestDidStart({ request }) {
      if (request.operationName === "") delete request.operationName;
      return listener;
    },
  };
}

/** Refuses a query over the limits before it runs, and has its caller's later ones wait for what it costs. */
function limitsPlugin(config: GatewayConfig, door: Door): ApolloServerPlugin<GatewayContext> {
  const check = queryLimits(config);
  const listener: GraphQLRequestListener<GatewayContext> = {
    async didResolveOperation({ document, operation, request, schema, contextValue }) {
      if (operation) door.charge(contextValue.lane, check({ document, operation, request, schema }));
    },
  };
  return { requestDidStart: async () => listener };
}

/** Adds an entry to `errors` for every service that a field was answered without. */
function partialFailuresPlugin(formatError: FormatError): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: async () => ({
      async willSendResponse({ contextValue, response }) {
        if (contextValue.failures === undefined || response.body.kind !== "single") return;
        const { singleResult } = response.body;
        const entries = contextValue.failures.map(({ path, error }) =>
          formatError({ message: error.message, path: [...path] }, error),
        );
        singleResult.errors = [...(singleResult.errors ?? []), ...entries];
      },
    }),
  };
}

/** Makes the Apollo server; it listens nowhere, the HTTP handler hands it requests. */
export function createApollo(
  schema: GraphQLSchema,
  config: GatewayConfig,
  door: Door,
  logger: Logger,
  formatError: FormatError,
): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    schema,
    introspection: config.introspection === "on",
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.maxTokens },
    validationOptions: VALIDATION,
    formatError,
    logger: {
      debug: (message) => logger.debug(message),
      info: (message) => logger.info(message),
      warn: (message) => logger.warn(message),
      error: (message) => logger.error(message),
    },
    plugins: [
      // On by default, it wraps every field and costs a quarter of the throughput.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      operationPlugin(),
      limitsPlugin(config, door),
      compiledRecommendations(formatError),
      partialFailuresPlugin(formatError),
    ],
  });
}
