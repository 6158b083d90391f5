/** What every Palate process is made of: errors with their table to gRPC, configuration, logging, lifecycle, gRPC server and client. */
export { openIdentities, signAs } from "./access/identities.js";
export { covers, type GroupScope, type Identity, reaches } from "./access/identity.js";
export { type IdentityTokens } from "./access/identity-tokens.js";
export { isLoopback } from "./access/loopback.js";
export { type Permission, refusalOf, unreachable } from "./access/permission.js";
export { GRAPHQL_PERMISSIONS, GRPC_PERMISSIONS, HTTP_PERMISSIONS } from "./access/permission-table.js";
export { isRole, type Role, ROLES, withIncluded } from "./access/role.js";
export { collectGarbage } from "./collect-garbage.js";
export { commonOptions, grpcServerOptions, identityOptions, mongoOptions } from "./config/common-options.js";
export {
  type ConfigOf,
  type Option,
  type OptionSpec,
  choice,
  describeConfig,
  flag,
  integer,
  list,
  loadConfig,
  text,
} from "./config/config.js";
export { readOptionFile } from "./config/read-option-file.js";
export { serviceTlsOptions } from "./config/tls-options.js";
export { hashOfDeletedId } from "./deleted-id.js";
export { boundedError, boundedMessage } from "./errors/bounded-error.js";
export { cut } from "./errors/cut.js";
export { fromGrpcError } from "./errors/grpc-status.js";
export {
  type ErrorCode,
  PalateError,
  type Violation,
  alreadyExists,
  dataLoss,
  failedPrecondition,
  invalidArgument,
  notFound,
  permissionDenied,
  storageFull,
  toPalateError,
  unauthenticated,
  unavailable,
} from "./errors/palate-error.js";
export {
  type CallSettings,
  createClient,
  type GeneratedClient,
  identityHeader,
  streamCall,
  unaryCall,
} from "./grpc/grpc-client.js";
export { DATABASE, isServing } from "./grpc/health.js";
export { CallContext, handlersFor } from "./grpc/grpc-handlers.js";
export { type RunningGrpcServer, type ServedService, startGrpcServer } from "./grpc/grpc-server.js";
export { Heartbeats } from "./heartbeats.js";
export { idLengthProblem, idProblem, idProblemSql } from "./id-rule.js";
export { Lifecycle } from "./lifecycle.js";
export { type Moment, passedMs, thisMoment } from "./moment.js";
export { onAbort } from "./on-abort.js";
export { AdmissionGate } from "./overload/admission-gate.js";
export { TurnGate } from "./overload/turn-gate.js";
export { type Logger, createLogger } from "./logger.js";
export { startTelemetry } from "./start-telemetry.js";
export { CertificateFiles } from "./tls/certificate-files.js";
export { openServiceTls } from "./tls/service-tls.js";
