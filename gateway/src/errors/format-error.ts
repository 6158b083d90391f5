import { unwrapResolverError } from "@apollo/server/errors";
import { boundedError, boundedMessage, toPalateError, type Logger, type PalateError } from "@palate/host";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { randomUUID } from "node:crypto";
import { GRAPHQL_CODE } from "./graphql-code.js";
import { RemoteError } from "./remote-error.js";

/** Turns an error into what the client sees. */
export type FormatError = (formatted: GraphQLFormattedError, thrown: unknown) => GraphQLFormattedError;

/** The `extensions` of an error on purpose: `code`, `retryable`, and where known `service`, `violations` and `retryAfter`, in seconds. */
export function extensionsOf(error: PalateError): Record<string, unknown> {
  const { violations, retryAfterSeconds } = boundedError(error).details;
  return {
    code: GRAPHQL_CODE[error.code],
    retryable: error.retryable,
    ...(error instanceof RemoteError && { service: error.service }),
    ...(violations && { violations }),
    ...(retryAfterSeconds !== undefined && { retryAfter: retryAfterSeconds }),
  };
}

/**
 * Makes the function that turns any error into what the client sees. Errors on purpose keep their message; everything
 * else is masked, and logged with its cause under an `errorId` that the client is told. What messages quote is cut.
 */
export function errorFormatter(logger: Logger) {
  return (formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(thrown);
    const code = original instanceof GraphQLError ? codeOf(formatted, original) : undefined;
    if (code !== undefined) {
      const { stacktrace: _stack, ...extensions } = formatted.extensions ?? {};
      const message = boundedMessage(formatted.message);
      return { ...formatted, message, extensions: { ...extensions, code, retryable: false } };
    }
    const error = toPalateError(original);
    if (error.code !== "internal")
      return { ...formatted, message: boundedMessage(error.message), extensions: extensionsOf(error) };
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

/**
 * The code of an error that a library made; undefined when it is a fault of the gateway's. What the caller did wrong does not
 * always have a code of the library's: a persisted query with another hash, or null for an argument that has a default.
 */
function codeOf(formatted: GraphQLFormattedError, original: GraphQLError): unknown {
  const code = formatted.extensions?.["code"];
  if (code !== undefined && code !== "INTERNAL_SERVER_ERROR") return code;
  // Without a place in the answer, nothing was run yet: the request itself is refused. Faults have a cause.
  if (formatted.path === undefined && original.originalError === undefined) return "BAD_REQUEST";
  return original.message.startsWith('Argument "') ? GRAPHQL_CODE.invalid_argument : undefined;
}
