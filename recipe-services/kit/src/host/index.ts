/** What every Palate process is made of: configuration, logging, lifecycle, gRPC server and client. */
export {
  choice,
  describeConfig,
  flag,
  integer,
  list,
  loadConfig,
  text,
  type ConfigOf,
  type Option,
  type OptionSpec,
} from "./config.js";
export { commonOptions, grpcServerOptions, mongoOptions } from "./common-options.js";
export { collectGarbage } from "./collect-garbage.js";
export { CallContext, handlersFor } from "./grpc-handlers.js";
export { createClient, streamCall, unaryCall, type CallSettings } from "./grpc-client.js";
export { MAX_MESSAGE_BYTES, startGrpcServer, type RunningGrpcServer, type ServedService } from "./grpc-server.js";
export { Lifecycle, type Closable, type Phase } from "./lifecycle.js";
export { createLogger, type Logger } from "./logger.js";
