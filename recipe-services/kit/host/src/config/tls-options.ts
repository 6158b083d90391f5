import { choice, integer, text, type ConfigOf } from "./config.js";

/** Options of TLS between services. */
export const serviceTlsOptions = {
  tlsCertFile: text(
    "PALATE_TLS_CERT_FILE",
    "",
    "This service's certificate for gRPC in PEM, renewed in place; unset means no TLS.",
  ),
  tlsKeyFile: text("PALATE_TLS_KEY_FILE", "", "That certificate's private key in PEM."),
  tlsCaFile: text(
    "PALATE_TLS_CA_FILE",
    "",
    "The authorities in PEM that certificates of other services and of clients must come from.",
  ),
  tlsClients: choice(
    "PALATE_TLS_CLIENTS",
    ["certificate", "any"],
    "certificate",
    "Whether gRPC clients must show a certificate of these authorities.",
  ),
  tlsReloadSeconds: integer(
    "PALATE_TLS_RELOAD_SECONDS",
    10,
    1,
    3600,
    "Seconds between looks at whether certificates were renewed.",
  ),
} as const;

/** Values of {@link serviceTlsOptions}. */
export type ServiceTlsConfig = ConfigOf<typeof serviceTlsOptions>;
