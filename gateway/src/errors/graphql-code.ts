import type { ErrorCode } from "@palate/host";

/** The one table from our codes to GraphQL `extensions.code`. */
export const GRAPHQL_CODE: Readonly<Record<ErrorCode, string>> = {
  invalid_argument: "BAD_USER_INPUT",
  unauthenticated: "UNAUTHENTICATED",
  permission_denied: "PERMISSION_DENIED",
  not_found: "NOT_FOUND",
  already_exists: "ALREADY_EXISTS",
  failed_precondition: "FAILED_PRECONDITION",
  resource_exhausted: "RESOURCE_EXHAUSTED",
  cancelled: "CANCELLED",
  deadline_exceeded: "DEADLINE_EXCEEDED",
  unimplemented: "UNIMPLEMENTED",
  unavailable: "UNAVAILABLE",
  data_loss: "DATA_LOSS",
  internal: "INTERNAL_SERVER_ERROR",
};
