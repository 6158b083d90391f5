/** Errors as one closed union, with one table to gRPC and one to GraphQL. */
export {
  ERROR_CODES,
  PalateError,
  alreadyExists,
  failedPrecondition,
  invalidArgument,
  notFound,
  toPalateError,
  unavailable,
  type ErrorCode,
  type ErrorDetails,
  type Violation,
} from "./palate-error.js";
export { GRPC_STATUS, fromGrpcError, toGrpcStatus } from "./grpc-status.js";
export { GRAPHQL_CODE } from "./graphql-code.js";
