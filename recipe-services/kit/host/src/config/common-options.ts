import { choice, flag, integer, text } from "./config.js";
import { telemetryOptions } from "./telemetry-options.js";
import { serviceTlsOptions } from "./tls-options.js";

/** Options that every Palate process has. */
export const commonOptions = {
  logLevel: choice(
    "PALATE_LOG_LEVEL",
    ["trace", "debug", "info", "warn", "error", "silent"],
    "info",
    "Least severity that is logged.",
  ),
  drainSeconds: integer(
    "PALATE_DRAIN_SECONDS",
    10,
    0,
    600,
    "Seconds that calls in progress get to finish after SIGTERM.",
  ),
  exitWithParent: flag(
    "PALATE_EXIT_WITH_PARENT",
    false,
    "Stop when the process that started this one is gone (needs an IPC channel to it).",
  ),
  ...telemetryOptions,
} as const;

/** Options about who may call, of every process that listens. */
export const identityOptions = {
  identities: choice(
    "PALATE_IDENTITIES",
    ["off", "on", "trust-network"],
    "off",
    "Whether callers must say who they are. Off is for the loopback alone; trust-network also listens elsewhere, where everybody who reaches the port may do everything.",
  ),
  identitySecret: text(
    "PALATE_IDENTITY_SECRET",
    "",
    "Secret of at least 32 characters by which Palate's processes know one another, the same for all of them. Needed with PALATE_IDENTITIES=on; the launcher makes one.",
  ),
  identitySecretFile: text(
    "PALATE_IDENTITY_SECRET_FILE",
    "",
    "File with that secret; of several lines, the first signs and all verify.",
  ),
} as const;

/** Options of every process that serves gRPC. */
export function grpcServerOptions(defaultPort: number) {
  return {
    ...commonOptions,
    ...identityOptions,
    ...serviceTlsOptions,
    listen: text(
      "PALATE_LISTEN",
      `127.0.0.1:${defaultPort}`,
      "Address and port to serve gRPC on; port 0 picks a free one.",
    ),
  } as const;
}

/** Options of every process that keeps something in MongoDB. */
export const mongoOptions = {
  mongodbUri: text("MONGODB_URI", "mongodb://127.0.0.1:27017/", "MongoDB connection string."),
  databasePrefix: text(
    "PALATE_DATABASE_PREFIX",
    "palate",
    "Start of the names of the databases used, one for each service.",
  ),
} as const;
