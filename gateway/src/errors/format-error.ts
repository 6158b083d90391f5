import { unwrapResolverError } from "@apollo/server/errors";
import { toPalateError, type Logger, type PalateError } from "@palate/host";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { randomUUID } from "node:crypto";
import { GRAPHQL_CODE } from "./graphql-code.js";
import { RemoteError } from "./remote-error.js";

/** Turns an error into what the client sees. */
export type FormatError = (formatted: GraphQLFormattedError, thrown: unknown) => GraphQLFormattedError;

/** The `extensions` of an error on purpose: `code`, `retryable`, and where known `service` and `violations`. */
export function extensionsOf(error: PalateError): Record<string, unknown> {
  return {
    code: GRAPHQL_CODE[error.code],
    retryable: error.retryable,
    ...(error instanceof RemoteError && { service: error.service }),
    ...(error.details.violations && { violations: error.details.violations }),
  };
}

/**
 * Makes the function that turns any error into what the client sees. Errors on purpose keep their message; everything
 * else is masked, and logged with its cause under an `errorId` that the client is told.
 */
export function errorFormatter(logger: Logger) {
  return (formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(thrown);
    if (original instanceof GraphQLError && !isMystery(formatted)) {
      const { stacktrace: _stack, ...extensions } = formatted.extensions ?? {};
      return { ...formatted, extensions: { ...extensions, retryable: false } };
    }
    const error = toPalateError(original);
    if (error.code !== "internal") return { ...formatted, message: error.message, extensions: extensionsOf(error) };
    const errorId = randomUUID();
    logger.error({ errorId, path: formatted.path, err: error.cause ?? error }, "request failed");
    const message = error instanceof RemoteError ? error.message : "Something went wrong inside the gateway.";
    return {
      ...formatted,
      message: `${message} Quote ${errorId} to the operators; their log has the cause.`,
      extensions: { ...extensionsOf(error), errorId },
    };
  };
}

/** Whether the library gave an error the code it gives whatever it does not know. */
function isMystery(formatted: GraphQLFormattedError): boolean {
  return formatted.extensions?.["code"] === undefined || formatted.extensions["code"] === "INTERNAL_SERVER_ERROR";
}
